import { isDown, mainAddress } from "../model/facts";
import { type Edge, edgeOfId, isPair } from "../model/graph";
import { namespaceTitle } from "../model/labels";
import type { Store } from "../model/store";
import { nsOfKey } from "../wire/key";
import type { Link } from "../wire/schema";
import { counted } from "./format";
import { cutWords, namespaceNature } from "./summaries";

/** Two lines about a thing on the map: what it is, and what matters of it. Null for what is not there. */
export function hintOf(store: Store, ref: string): readonly [string, string] | null {
  const ns = nsOfKey(ref);
  if (ns !== null) return namespaceHint(store, ns);
  const link = store.linkByKey(ref);
  if (link !== null) return [linkName(store, link), linkState(store, link)];
  const edge = edgeOfId(ref);
  return edge === null ? null : edgeHint(store, edge);
}

function namespaceHint(store: Store, ns: string): readonly [string, string] | null {
  const namespace = store.namespace(ns);
  if (namespace === null) return null;
  const address = mainAddress(store, ns)?.address;
  const parts = [
    namespaceNature(store, namespace),
    address ?? "no address",
    counted(store.count(ns, "link"), "link"),
    cutWords(store, ns),
  ];
  return [namespaceTitle(store, ns), parts.filter((part) => part !== "").join(", ")];
}

/** A link's name with that of its namespace. */
export function linkName(store: Store, link: Link): string {
  return `${namespaceTitle(store, link.ns)} / ${link.ifname}`;
}

/** "veth, up, mtu 1500, port of docker0". */
export function linkState(store: Store, link: Link): string {
  const master = store.master(link);
  const state = isDown(link) ? (link.admin_up ? "no carrier" : "down") : "up";
  return [link.kind, state, `mtu ${link.mtu}`, master === null ? "" : `port of ${master.ifname}`]
    .filter((part) => part !== "")
    .join(", ");
}

function edgeHint(store: Store, edge: Edge): readonly [string, string] | null {
  const a = store.linkByKey(edge.a);
  const b = edge.b === null ? null : store.linkByKey(edge.b);
  if (a === null) return null;
  if (b === null) return [linkName(store, a), `${a.kind}, its peer is beyond sight`];
  const ends = `${linkName(store, a)} to ${linkName(store, b)}`;
  if (isPair(edge)) return [ends, `${a.kind} pair, mtu ${a.mtu === b.mtu ? a.mtu : `${a.mtu} and ${b.mtu}`}`];
  if (edge.kind === "tunnel") return [ends, `${a.kind} tunnel`];
  if (edge.kind === "lower") return [ends, `${a.kind} on ${b.ifname}`];
  const state =
    b.port?.t === "bridge_port" ? `port ${b.port.number} of ${a.ifname}, ${b.port.state}` : `port of ${a.ifname}`;
  return [ends, state];
}
