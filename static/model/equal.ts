/** Whether two JSON values (scalars, arrays, objects) are equal. */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, at) => equal(item, b[at]));
  const theirs = new Map<string, unknown>(Object.entries(b));
  const mine = Object.entries(a);
  return mine.length === theirs.size && mine.every(([name, value]) => equal(value, theirs.get(name)));
}
