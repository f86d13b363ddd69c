/**
 * Translations of the labels of link kinds, by kind. There are none here, because the labels in static/wire/tables.ts
 * are already in English.
 */
export const kindLabels: ReadonlyMap<string, string> = new Map();
