import { attachment, attachments, bridges, inChipOrder } from "../layout/attach";
import type { Layout } from "../layout/layout";
import { addressOf, carriesDefault, isDown, lacksPeer, isWarned, mainAddress } from "../model/facts";
import { edgeOfId, edgeStands } from "../model/graph";
import { isBar } from "../model/kinds";
import { byNumbers, type Store } from "../model/store";
import { linkKey, nsKey } from "../wire/key";
import type { Link, Namespace } from "../wire/schema";
import { t } from "../words/current";
import { linkTitle, namespaceTitle } from "../words/names";

/**
 * A row of the outline. `id` is the row's path from the root, because the same namespace or link may be listed under
 * several bridges.
 */
export interface Row {
  readonly id: string;
  readonly ref: string;
  readonly depth: number;
  readonly parent: string;
  readonly kind: "namespace" | "link" | "bridge";
  readonly link: Link | null;
  readonly namespace: Namespace | null;
  readonly name: string;
  readonly value: string;
  readonly warnings: number;
  readonly open: boolean | null;
  readonly position: number;
  readonly siblings: number;
}

interface Node {
  readonly ref: string;
  readonly link: Link | null;
  readonly ns: string;
}

/**
 * The outline of a host as a tree: the host, its bridges with the namespaces attached to them, other namespaces, and
 * links.
 */
export class Tree {
  constructor(
    private readonly store: Store,
    private readonly layout: Layout,
  ) {}

  /** Returns the rows to show. `isOpen` decides which rows are expanded. */
  rows(isOpen: (id: string, depth: number, children: number) => boolean): readonly Row[] {
    const out: Row[] = [];
    const walk = (nodes: readonly Node[], parent: string, depth: number): void => {
      if (depth > 24) return;
      for (const [at, node] of nodes.entries()) {
        const id = `${parent}>${node.ref}`;
        const children = this.children(node);
        const open = children.length === 0 ? null : isOpen(id, depth, children.length);
        out.push(this.row(node, { id, depth, parent, open, position: at + 1, siblings: nodes.length }));
        if (open === true) walk(children, id, depth + 1);
      }
    };
    walk(this.roots(), "", 0);
    return out;
  }

  /**
   * Returns the ids of the first row for a key and of the rows above it, the outermost first. The list is empty if the
   * key has no row.
   */
  wayTo(ref: string): readonly string[] {
    const seen = new Set<string>();
    const find = (nodes: readonly Node[], way: readonly string[]): readonly string[] => {
      for (const node of nodes) {
        const here = [...way, `${way.at(-1) ?? ""}>${node.ref}`];
        if (node.ref === ref) return here;
        if (seen.has(node.ref) || here.length > 24) continue;
        seen.add(node.ref);
        const found = find(this.children(node), here);
        if (found.length > 0) return found;
      }
      return [];
    };
    return find(this.roots(), []);
  }

  /**
   * Returns the key of the row that represents a namespace, link or edge. An edge is represented by one of its ends.
   */
  rowOf(key: string): string {
    const edge = edgeOfId(key);
    if (edge === null || !edgeStands(this.store, edge)) return key;
    return edge.kind === "port" ? (edge.b ?? "") : edge.a;
  }

  /**
   * Returns the key of the parent row in the outline. It is empty for a row of the first level and for anything without
   * a row.
   */
  parentOf(key: string): string {
    const row = this.rowOf(key);
    if (row !== key) return row;
    const above = this.wayTo(row).at(-2) ?? "";
    return above.slice(above.lastIndexOf(">") + 1);
  }

  private roots(): readonly Node[] {
    const ground = this.layout.ground;
    const loose = this.childNamespaces(ground);
    return [{ ref: nsKey(ground), link: null, ns: ground }, ...loose];
  }

  /** Returns the namespaces that are drawn inside a namespace but are not attached to one of its bridges. */
  private childNamespaces(region: string): Node[] {
    const out: Node[] = [];
    for (const { id } of this.store.namespaces()) {
      if (id === region || this.layout.parentOf(id) !== region) continue;
      const hangs = attachments(this.store, id).some((a) => a.how === "segment" && a.far.ns === region);
      if (!hangs) out.push({ ref: nsKey(id), link: null, ns: id });
    }
    return out.sort((a, b) => byNumbers(namespaceTitle(this.store, a.ns), namespaceTitle(this.store, b.ns)));
  }

  private children(node: Node): readonly Node[] {
    if (node.link === null) return this.insideNamespace(node.ns);
    return isBar(node.link.kind) ? this.onBridge(node.link) : this.farEnd(node.link);
  }

  private insideNamespace(ns: string): readonly Node[] {
    const links = inChipOrder(this.store, this.store.links(ns));
    const own = links.filter((link) => !isBar(link.kind) && !this.standsElsewhere(link));
    const nodes = [...own, ...bridges(this.store, ns)].map((link) => ({ ref: linkKey(link), link, ns }));
    return ns === this.layout.ground || !this.layout.isRegion(ns) ? nodes : [...nodes, ...this.childNamespaces(ns)];
  }

  /** Whether the row of a link is not below the link's own namespace, but below its peer or below its bridge. */
  private standsElsewhere(link: Link): boolean {
    if (isBar(this.store.master(link)?.kind ?? "")) return true;
    const peer = this.store.peer(link);
    if (peer === null || peer.ns === link.ns || carriesDefault(this.store, link)) return false;
    return this.layout.parentOf(peer.ns) === link.ns;
  }

  private onBridge(bridge: Link): readonly Node[] {
    const out = new Map<string, Node>();
    for (const port of this.store.members(bridge)) {
      const peer = this.store.peer(port);
      const inside = peer !== null && peer.ns !== port.ns && this.layout.parentOf(peer.ns) === bridge.ns;
      const node = inside
        ? { ref: nsKey(peer.ns), link: null, ns: peer.ns }
        : { ref: linkKey(port), link: port, ns: port.ns };
      out.set(node.ref, node);
    }
    for (const upper of this.store.uppers(bridge)) {
      if (upper.ns !== bridge.ns) out.set(nsKey(upper.ns), { ref: nsKey(upper.ns), link: null, ns: upper.ns });
    }
    return [...out.values()].sort((a, b) => byNumbers(this.nameOf(a), this.nameOf(b)));
  }

  private farEnd(link: Link): readonly Node[] {
    const peer = this.store.peer(link);
    if (peer === null || peer.ns === link.ns || !this.standsElsewhere(peer)) return [];
    if (this.layout.parentOf(link.ns) !== peer.ns) return [];
    return [{ ref: linkKey(peer), link: peer, ns: peer.ns }];
  }

  private nameOf(node: Node): string {
    return node.link === null ? namespaceTitle(this.store, node.ns) : linkTitle(this.store, node.link);
  }

  private row(node: Node, place: Pick<Row, "id" | "depth" | "parent" | "open" | "position" | "siblings">): Row {
    const { store } = this;
    const { link, ref } = node;
    const namespace = link === null ? store.namespace(node.ns) : null;
    const warnings = link === null ? (namespace?.notes.length ?? 0) : Number(isWarned(store, link));
    const kind = link === null ? "namespace" : isBar(link.kind) ? "bridge" : "link";
    const value = link === null ? this.namespaceValue(node.ns) : linkValue(store, link);
    return { ...place, ref, kind, link, namespace, name: this.nameOf(node), value, warnings };
  }

  private namespaceValue(ns: string): string {
    if (ns === this.layout.ground) return this.store.host?.practice === true ? t.common.practiceHost : t.common.host;
    const segments = new Set(attachments(this.store, ns).flatMap((a) => (a.how === "segment" ? [linkKey(a.far)] : [])));
    if (segments.size > 1) return t.common.bridges(segments.size);
    const main = mainAddress(this.store, ns);
    return main === null || main.scope === "link" ? "" : main.address;
  }
}

function linkValue(store: Store, link: Link): string {
  if (lacksPeer(store, link)) return t.common.noPeer;
  if (isDown(link)) return link.admin_up ? t.common.noCarrier : t.common.down;
  const master = store.master(link);
  if (master !== null) return t.common.portOf(master.ifname);
  if (link.data?.t === "vxlan") return `vni ${link.data.vni}`;
  if (link.data?.t === "vlan") return `vlan ${link.data.vid}`;
  const address = addressOf(store, link);
  return address?.address ?? (attachment(store, link) === null && !link.admin_up ? t.common.down : t.common.up);
}
