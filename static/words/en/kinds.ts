/** Longer names of kinds of links, by kind. English has those of the agent's table (static/wire/tables.ts). */
export const kindLabels: ReadonlyMap<string, string> = new Map();
