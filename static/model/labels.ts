import type { Namespace } from "../wire/schema";
import type { Store } from "./store";

// Names that could be taken for a label of another form.
const TAKEN = /^(host|(pid|nsid):[0-9]+|netns\/[^]*)$/;

/** A text as one word: blanks (of any script) are written `\xNN`, byte by byte. */
export function word(safe: string): string {
  return safe.replace(/\s/gu, (char) =>
    [...new TextEncoder().encode(char)].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join(""),
  );
}

/** One word for a namespace, as the command line's `edges` prints it. A label, never an identity. */
export function namespaceLabel(store: Store, id: string): string {
  const namespace = store.namespace(id);
  if (namespace === null) return `ns:${id}`;
  if (namespace.is_host) return "host";
  const name = namespace.names[0];
  if (name !== undefined) return TAKEN.test(word(name)) ? `netns/${word(name)}` : word(name);
  const pid = store.owner(id)?.pid ?? null;
  if (pid !== null) return `pid:${pid}`;
  return namespace.nsid === null ? `ns:${id}` : `nsid:${namespace.nsid}`;
}

/** What to call a namespace on the map: the host's name, its own, its container's, or its first process. */
export function namespaceTitle(store: Store, id: string): string {
  const namespace = store.namespace(id);
  if (namespace === null) return `namespace ${id}`;
  if (namespace.is_host) return store.host?.hostname ?? "host";
  const owner = store.owner(id);
  const containers = owner?.containers ?? [];
  const called = containers.filter((one) => one.name !== "").map((one) => one.name);
  const name = called.length > 0 ? called.join(", ") : namespace.names[0];
  if (name !== undefined) return name;
  const first = containers[0]?.id ?? "";
  if (first !== "") return first.slice(0, 12);
  if (owner !== null && owner.pid !== null) return `pid ${owner.pid}`;
  const mount = namespace.mounts[0];
  if (mount !== undefined) return mount.slice(mount.lastIndexOf("/") + 1);
  return namespace.nsid === null ? `namespace ${id}` : `nsid ${namespace.nsid}`;
}

/** Whether nobody gave the namespace a name: it is known by a process or a number alone. */
export function isAnonymous(store: Store, namespace: Namespace): boolean {
  if (namespace.is_host || namespace.names.length > 0 || namespace.mounts.length > 0) return false;
  const owner = store.owner(namespace.id);
  return owner === null || owner.containers.length === 0;
}
