import type { Container, ContainerNetwork, Link, Namespace } from "../wire/schema";
import type { Store } from "./store";

// Matches names that look like the label of the host or of a namespace without a name. A namespace with such a name
// gets the label `netns/NAME` instead.
const TAKEN = /^(host|(pid|nsid):[0-9]+|netns\/[^]*)$/;

/**
 * Writes a text as one word: each white-space character, of any script, is replaced by `\xNN` for each of its bytes.
 */
export function word(safe: string): string {
  return safe.replace(/\s/gu, (char) =>
    [...new TextEncoder().encode(char)].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join(""),
  );
}

/**
 * Returns one word for a namespace, the same one that the agent's command `dump --format edges` prints. The word is a
 * label, never an identity.
 */
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

/**
 * Returns the name of a namespace on the map: the host's name, its own name, its container's name, or the name of its
 * first process. Returns null if only its id is known.
 */
export function knownName(store: Store, id: string): string | null {
  const namespace = store.namespace(id);
  if (namespace === null) return null;
  if (namespace.is_host) return store.host?.hostname ?? null;
  const owner = store.owner(id);
  const containers = owner?.containers ?? [];
  const named = containers.filter((one) => one.name !== "").map(containerName);
  const name = named.length > 0 ? named.join(", ") : namespace.names[0];
  if (name !== undefined) return name;
  const first = containers[0]?.id ?? "";
  if (first !== "") return first.slice(0, 12);
  if (owner !== null && owner.pid !== null) return `pid ${owner.pid}`;
  const mount = namespace.mounts[0];
  if (mount !== undefined) return mount.slice(mount.lastIndexOf("/") + 1);
  return namespace.nsid === null ? null : `nsid ${namespace.nsid}`;
}

/** Whether a namespace has no name, so that only a process or a number identifies it. */
export function isAnonymous(store: Store, namespace: Namespace): boolean {
  if (namespace.is_host || namespace.names.length > 0 || namespace.mounts.length > 0) return false;
  const owner = store.owner(namespace.id);
  return owner === null || owner.containers.length === 0;
}

/**
 * Returns the name of a container. The name that Docker Compose makes contains its project and service; they are added
 * to any other name.
 */
function containerName({ name, project, service }: Container): string {
  const known = [project, service].filter((word) => word !== "");
  return known.every((word) => name.includes(word)) ? name : `${name} (${known.join(" / ")})`;
}

/** Returns the network of a container runtime to which a bridge belongs, or null. */
export function networkOf(store: Store, link: Link): ContainerNetwork | null {
  return store.of(link.ns, "network").find(({ ifindex }) => ifindex === link.ifindex) ?? null;
}
