import type { Store } from "../model/store";

/** Quotes a word for the shell, which reads it back to the original bytes. `\xNN` in a displayed text is a byte. */
export function quote(text: string): string {
  if (/^[A-Za-z0-9_./:=@%+,-]+$/.test(text)) return text;
  if (text.includes("\\")) return `$'${text.replaceAll("'", "\\'")}'`;
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** The prefix that runs a command in a namespace; null if the namespace cannot be entered. */
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

/** A command line that runs in a namespace; null if the namespace cannot be entered. */
export function commandIn(store: Store, ns: string, tool: string, words: string): string | null {
  const before = entry(store, ns);
  if (before === null) return null;
  const name = store.namespace(ns)?.names[0];
  const ownWay = (tool === "ip" || tool === "bridge") && before !== "" && name !== undefined;
  return ownWay ? `${tool} -n ${quote(name)} ${words}` : `${before}${tool} ${words}`;
}

/** A command with texts from a host in it, each of them quoted. */
export function words(parts: readonly string[], ...values: readonly string[]): string {
  return parts.map((part, at) => part + (values[at] === undefined ? "" : quote(values[at]))).join("");
}
