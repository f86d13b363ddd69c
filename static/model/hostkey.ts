/**
 * A reference to a namespace, a link or an edge of any host. `key` is an entity's key or an edge's id. A key is unique
 * only within one host, so the reference also names the host.
 */
export interface HostKey {
  readonly host: string;
  readonly key: string;
}

export function sameHostKey(a: HostKey | null, b: HostKey | null): boolean {
  return a === b || (a !== null && b !== null && a.host === b.host && a.key === b.key);
}

/**
 * Writes a reference for the page's address: only the key if the page shows the map of the reference's host (`home`),
 * otherwise `@HOST/KEY`. Null becomes an empty text.
 */
export function writeHostKey(ref: HostKey | null, home: string): string {
  if (ref === null) return "";
  return ref.host === home ? ref.key : `@${encodeURIComponent(ref.host)}/${ref.key}`;
}

/**
 * Reads a reference that `writeHostKey` wrote; null for an empty text. A text without a host is a key on the host
 * `home`, whose map the page shows.
 */
export function readHostKey(text: string, home: string): HostKey | null {
  if (text === "") return null;
  const found = /^@([^/]+)\/(.+)$/s.exec(text);
  return found === null ? { host: home, key: text } : { host: decoded(found[1] ?? ""), key: found[2] ?? "" };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
