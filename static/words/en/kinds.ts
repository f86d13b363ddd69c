/**
 * Names of kinds of links, by kind. The page shows such a name instead of the label of the kind in
 * static/wire/tables.ts. The map is empty, because those labels are in English.
 */
export const kindLabels: ReadonlyMap<string, string> = new Map();
