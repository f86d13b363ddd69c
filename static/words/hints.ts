import { addressOf, isDown, mainAddress } from "../model/facts";
import { type Edge, edgeOfId, isPair } from "../model/graph";
import type { Store } from "../model/store";
import { nsOfKey } from "../wire/key";
import type { Link } from "../wire/schema";
import { t } from "./current";
import { listed } from "./format";
import { linkName, namespaceTitle } from "./names";
import { cutWords, frozenWords, namespaceNature } from "./summaries";

/**
 * Returns the two lines of a tooltip for a namespace, link or edge on the map: what it is, and its most important
 * facts. Returns null if it does not exist.
 */
export function hintOf(store: Store, ref: string): readonly [string, string] | null {
  const ns = nsOfKey(ref);
  if (ns !== null) return namespaceHint(store, ns);
  const link = store.linkByKey(ref);
  if (link !== null) return [linkName(store, link), linkHint(store, link)];
  const edge = edgeOfId(ref);
  return edge === null ? null : edgeHint(store, edge);
}

/** Writes the state of a link with its first address, its peer, and the bridge of its peer. */
function linkHint(store: Store, link: Link): string {
  const address = addressOf(store, link);
  const peer = store.peer(link);
  const far = peer === null ? null : store.master(peer);
  return listed([
    linkState(store, link),
    address === null ? "" : `${address.address}/${address.prefix}`,
    peer === null ? "" : t.hints.peer(linkName(store, peer)),
    far === null ? "" : t.hints.peerPortOf(far.ifname),
  ]);
}

function namespaceHint(store: Store, ns: string): readonly [string, string] | null {
  const namespace = store.namespace(ns);
  if (namespace === null) return null;
  const parts = [
    namespaceNature(store, namespace),
    mainAddress(store, ns)?.address ?? t.map.noAddress,
    t.common.links(store.count(ns, "link")),
    cutWords(store, ns),
    frozenWords(store, ns),
  ];
  return [namespaceTitle(store, ns), listed(parts)];
}

/** Returns the state of a link in one word or two: "up", "down", "no carrier". */
export function upOrDown(link: Link): string {
  const { common } = t;
  return isDown(link) ? (link.admin_up ? common.noCarrier : common.down) : common.up;
}

/** Writes the state of a link without its kind: "up, mtu 1500, port of docker0". */
export function linkCondition(store: Store, link: Link): string {
  const master = store.master(link);
  return listed([upOrDown(link), t.hints.mtu(link.mtu), master === null ? "" : t.common.portOf(master.ifname)]);
}

/** Writes the kind and state of a link: "veth, up, mtu 1500, port of docker0". */
export function linkState(store: Store, link: Link): string {
  return listed([link.kind, linkCondition(store, link)]);
}

function edgeHint(store: Store, edge: Edge): readonly [string, string] | null {
  const { hints } = t;
  const a = store.linkByKey(edge.a);
  const b = edge.b === null ? null : store.linkByKey(edge.b);
  if (a === null) return null;
  if (b === null) return [linkName(store, a), hints.peerNotVisible(a.kind)];
  const ends = hints.ends(linkName(store, a), linkName(store, b));
  if (isPair(edge))
    return [ends, listed([hints.pair(a.kind), a.mtu === b.mtu ? hints.mtu(a.mtu) : hints.mtus(a.mtu, b.mtu)])];
  if (edge.kind === "tunnel") return [ends, hints.tunnel(a.kind)];
  if (edge.kind === "lower") return [ends, hints.stacked(a.kind, b.ifname)];
  const { port } = b;
  return [
    ends,
    port?.t === "bridge_port" ? hints.bridgePort(port.number, a.ifname, port.state) : t.common.portOf(a.ifname),
  ];
}
