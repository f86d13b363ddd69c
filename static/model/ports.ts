import { linkKey } from "../wire/key";
import type { Link } from "../wire/schema";
import type { Store } from "./store";

/** Returns the UDP port of a link's data, such as the port of a vxlan; 0 if there is none. */
export function portOf({ data }: Link): number {
  return data !== null && (data.t === "vxlan" || data.t === "tunnel") ? data.port : 0;
}

/** Returns the port that a search text names, as "port 53", ":53" or "53"; null if it names none. */
export function portOfQuery(query: string): number | null {
  const digits = /^(?:port)? *:? *(\d{1,5})$/i.exec(query.trim())?.[1] ?? "";
  const port = Number(digits);
  return port >= 1 && port <= 65_535 ? port : null;
}

/**
 * Returns the links for which the kernel itself listens on a UDP port of a namespace. These sockets belong to no
 * process. The socket of a tunnel is in the namespace of its lower link, if it has one.
 */
export function linksOfPort(store: Store, ns: string, port: number): readonly Link[] {
  const tunnels = store
    .namespaces()
    .flatMap(({ id }) => store.links(id))
    .filter((link) => portOf(link) === port && (link.lower?.ns ?? link.ns) === ns);
  const wireguards = store
    .of(ns, "wireguard")
    .filter((one) => one.port === port)
    .map((one) => store.linkByKey(linkKey(one)));
  return [...tunnels, ...wireguards.filter((link) => link !== null)];
}
