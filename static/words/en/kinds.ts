/**
 * Longer names of kinds of links, by kind. In English, the agent's table (static/wire/tables.ts) already has these
 * names.
 */
export const kindLabels: ReadonlyMap<string, string> = new Map();
