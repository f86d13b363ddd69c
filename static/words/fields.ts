// Fields of an entity as words: the name and the value, for fields that have no form of their own.

import type { AnyEntity } from "../wire/schema";
import { RECORDS } from "../wire/schema";

/** The defaults of the fields of each type of entity, by its tag. */
const DEFAULTS: ReadonlyMap<string, ReadonlyMap<string, unknown>> = new Map(
  RECORDS.filter(([, tag]) => tag !== "").map(([, tag, fields]) => [
    tag,
    new Map(fields.map(([name, , otherwise]) => [name, otherwise])),
  ]),
);

function isEmpty(value: unknown): boolean {
  return value === null || value === "" || value === 0 || value === false || (Array.isArray(value) && !value.length);
}

function valueWords(value: unknown): string {
  if (Array.isArray(value)) return value.map(valueWords).join(", ");
  if (typeof value !== "object" || value === null) return String(value);
  const inner = Object.entries(value).filter(([name, one]) => name !== "t" && !isEmpty(one));
  return inner.map(([name, one]) => fieldWords(name, one)).join(" ");
}

function fieldWords(name: string, value: unknown): string {
  if (value === true) return name;
  return value === false ? `${name} off` : `${name} ${valueWords(value)}`;
}

/**
 * Writes the fields of an entity that differ from their defaults, each as its name and its value. `told` are the fields
 * that the caller writes itself. Notes are left out, because the page shows them as warnings.
 */
export function restWords(entity: AnyEntity, told: ReadonlySet<string>): string {
  const defaults = DEFAULTS.get(entity.t);
  return Object.entries(entity)
    .filter(([name]) => name !== "t" && name !== "notes" && name !== "ns" && !told.has(name))
    .filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(defaults?.get(name)))
    .map(([name, value]) => fieldWords(name, value))
    .join(" ");
}
