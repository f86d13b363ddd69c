import type { Store } from "../model/store";

/**
 * Quotes a word for the shell, so that the shell restores the original bytes. `\xNN` in a displayed text stands for one
 * byte.
 */
export function quote(text: string): string {
  if (/^[A-Za-z0-9_./:=@%+,-]+$/.test(text)) return text;
  if (text.includes("\\")) return `$'${text.replaceAll("'", "\\'")}'`;
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * Returns the beginning of a command line, such as `ip netns exec NAME`, that runs the rest of the line in a namespace.
 * Returns null if the namespace has no name, process or mount by which it can be entered.
 */
function entry(store: Store, ns: string): string | null {
  const namespace = store.namespace(ns);
  if (namespace === null) return null;
  if (namespace.is_host) return "";
  const name = namespace.names[0];
  if (name !== undefined) return `ip netns exec ${quote(name)} `;
  const pid = store.owner(ns)?.pid ?? null;
  if (pid !== null) return `nsenter -t ${pid} -n `;
  const mount = namespace.mounts[0];
  return mount === undefined ? null : `nsenter --net=${quote(mount)} `;
}

/**
 * Returns a command line that runs `tool` in a namespace. Returns null if the namespace has no name, process or mount
 * by which it can be entered.
 */
export function commandIn(store: Store, ns: string, tool: string, words: string): string | null {
  const before = entry(store, ns);
  if (before === null) return null;
  const name = store.namespace(ns)?.names[0];
  const ownWay = (tool === "ip" || tool === "bridge") && before !== "" && name !== undefined;
  return ownWay ? `${tool} -n ${quote(name)} ${words}` : `${before}${tool} ${words}`;
}

/** Joins the fixed parts of a command and texts from a host. Each text from the host is quoted. */
export function words(parts: readonly string[], ...values: readonly string[]): string {
  return parts.map((part, at) => part + (values[at] === undefined ? "" : quote(values[at]))).join("");
}
