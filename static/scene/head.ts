import type { Layout } from "../layout/layout";
import type { Region } from "../layout/placement";
import { defaultRoutes, lacksPeer, mainAddress } from "../model/facts";
import { edgeId, pairEdge } from "../model/graph";
import { TONE } from "../model/kinds";
import type { Store } from "../model/store";
import { linkKey, nsKey } from "../wire/key";
import { t } from "../words/current";
import { namespaceTitle } from "../words/names";
import { cutWords, forwardPolicy, frozenWords, namespaceNature } from "../words/summaries";
import type { Port } from "./drawing";
import { type Figure, type Point, Z } from "./items";

/**
 * Draws the background, the title and the most important facts of a namespace in which other namespaces are drawn, such
 * as the host namespace.
 */
export function head(store: Store, layout: Layout, region: Region, at: Point): Figure {
  const ground = region.ns === layout.ground;
  const namespace = store.namespace(region.ns);
  const warned =
    (namespace?.notes.length ?? 0) > 0 || store.count(region.ns, "gap") > 0 || (ground && store.count("", "gap") > 0);
  return {
    type: "region",
    id: `region:${region.ns}`,
    ref: nsKey(region.ns),
    z: Z.region + depth(layout, region),
    ...at,
    w: region.w,
    h: region.h,
    ground,
    title: namespaceTitle(store, region.ns),
    nature: ground
      ? store.host?.practice === true
        ? t.common.practiceHost
        : t.common.host
      : namespace === null
        ? ""
        : namespaceNature(store, namespace),
    summary: [
      ...(ground ? summary(store, layout) : [t.common.namespaces(innerCount(region))]),
      cutWords(store, region.ns),
      frozenWords(store, region.ns),
      ground ? cutWords(store, "") : "",
    ],
    room: Math.min(region.w, ...(region.shelves[0]?.blocks ?? []).map(({ x }) => x)),
    facts: facts(store, region.ns).slice(0, ground ? 3 : 1),
    mark: warned ? "warn" : null,
  };
}

function depth(layout: Layout, region: Region): number {
  let at = region;
  for (let count = 0; count < 64; count++) {
    const home = layout.home(at.ns);
    if (home === null) return count;
    // A namespace that is drawn inside another one is above the background of that other namespace, and below its
    // wires.
    at = home.region;
  }
  return 0;
}

function innerCount(region: Region): number {
  const count = (slots: readonly (string | null)[]): number => slots.filter((slot) => slot?.startsWith("ns/")).length;
  return region.shelves.reduce((sum, shelf) => {
    return sum + shelf.blocks.reduce((inner, block) => inner + (block.kind === "rack" ? count(block.slots) : 1), 0);
  }, 0);
}

function summary(store: Store, layout: Layout): readonly string[] {
  const { common } = t;
  return [common.namespaces(store.total("ns")), common.bridges(layout.racks.size), common.links(store.total("link"))];
}

function facts(store: Store, ns: string): (readonly [string, string])[] {
  const out: (readonly [string, string])[] = [];
  const address = mainAddress(store, ns);
  const link = address === null ? null : store.link({ ns, ifindex: address.ifindex });
  if (address !== null && address.scope !== "link" && link !== null)
    out.push([`${address.address}/${address.prefix}`, link.ifname]);
  const route = defaultRoutes(store, ns)[0];
  if (route !== undefined) out.push(["default", hopWords(store, ns, route.hops[0])]);
  const policy = forwardPolicy(store, ns);
  if (policy !== null) out.push(["FORWARD", policy]);
  return out;
}

function hopWords(store: Store, ns: string, hop: { via: string; ifindex: number | null } | undefined): string {
  if (hop === undefined) return t.map.byNexthop;
  const link = hop.ifindex === null ? null : store.link({ ns, ifindex: hop.ifindex });
  return [hop.via === "" ? "" : `via ${hop.via}`, link === null ? "" : `dev ${link.ifname}`]
    .filter((part) => part !== "")
    .join(" ");
}

/**
 * Draws a sign with the address of a default gateway above the link that leads to this gateway. If the peer of this link
 * is not visible, the wire to the sign stands for the edge to this peer.
 */
export function plates(store: Store, region: Region, ports: readonly Port[]): Figure[] {
  const out: Figure[] = [];
  const seen = new Set<number>();
  for (const route of defaultRoutes(store, region.ns)) {
    const hop = route.hops.find((h) => h.via !== "" && h.ifindex !== null);
    const port = ports.find((p) => p.link.ifindex === hop?.ifindex);
    if (hop === undefined || port === undefined || seen.has(port.link.ifindex)) continue;
    seen.add(port.link.ifindex);
    const w = Math.ceil((hop.via.length * 7.2 + 118) / 4) * 4;
    const place = { x: port.x - Math.round(w / 3), y: port.top - 44, w, h: 24 };
    const id = `plate:${region.ns}:${port.link.ifindex}`;
    out.push({
      type: "plate",
      id,
      ref: nsKey(region.ns),
      z: Z.card,
      ...place,
      text: hop.via,
      caption: t.map.defaultGateway,
    });
    const path = [
      { x: port.x, y: place.y + 24 },
      { x: port.x, y: port.top },
    ];
    out.push({
      type: "wire",
      id: `${id}:wire`,
      ref: lacksPeer(store, port.link) ? edgeId(pairEdge(port.link.kind, linkKey(port.link), null)) : "",
      z: Z.wire,
      x: port.x,
      y: place.y + 24,
      w: 0,
      h: 20,
      path,
      hit: lacksPeer(store, port.link) ? path : [],
      tone: TONE.out,
      dashed: false,
      name: "",
      part: "wire",
    });
  }
  return out;
}
