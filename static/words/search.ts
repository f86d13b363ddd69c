import { linksOfPort } from "../model/ports";
import { type Hit, hitsOf, type Reason, type SocketsOf } from "../model/search";
import type { Store } from "../model/store";
import type { Link, Listener as Socket } from "../wire/schema";
import { t } from "./current";
import { clock, listed } from "./format";
import { kindLabel, linkTitle, namespaceTitle } from "./names";
import { shortNature } from "./summaries";

/** A search result in words: what to select (`ref`), its name, where it is, and the reason why it was found. */
export interface Found {
  readonly ref: string;
  readonly title: string;
  readonly place: string;
  readonly reason: string;
}

/** Searches a host (see `hitsOf`), and describes the results in words. */
export function search(store: Store, query: string, socketsOf?: SocketsOf): readonly Found[] {
  const titleOf = (ns: string): string => namespaceTitle(store, ns);
  return hitsOf(store, query, titleOf, socketsOf).map((hit) => found(store, hit, titleOf));
}

/**
 * How far a search for a port is: of `all` namespaces, the sockets of `read` were read, and those of `failed` cannot be
 * read; `left` further namespaces will not be read. `since` is the time of the oldest reading, null before the first.
 */
export interface Progress {
  readonly all: number;
  readonly read: number;
  readonly failed: number;
  readonly left: number;
  readonly since: number | null;
}

/** Says how far a search for a port is, and whether it has found a socket. */
export function progressWords({ all, read, failed, left, since }: Progress, found: boolean): string {
  const { search: words } = t;
  const isReading = read + failed < all;
  const result = found ? words.read : words.noSocket;
  return listed([
    isReading || since === null ? words.reading(read, all) : result(read, clock(since)),
    failed === 0 ? "" : words.notReadable(failed),
    left === 0 ? "" : words.notRead(left, all),
  ]);
}

function found(store: Store, { ref, ns, link, reason }: Hit, titleOf: (ns: string) => string): Found {
  const title = titleOf(ns);
  const words = reason.by === "name" ? natureWords(store, ns, link) : reasonWords(store, ns, reason);
  return link === null
    ? { ref, title, place: t.search.namespace, reason: words }
    : { ref, title: linkTitle(store, link), place: title, reason: words };
}

/** Says what was found, for a result that was found by its name. */
function natureWords(store: Store, ns: string, link: Link | null): string {
  if (link !== null) return kindLabel(link.kind);
  const namespace = store.namespace(ns);
  return namespace === null ? t.search.name : shortNature(store, namespace);
}

function reasonWords(store: Store, ns: string, reason: Reason): string {
  const { search: words } = t;
  switch (reason.by) {
    case "name":
      return words.name;
    case "container":
      return words.container;
    case "container-id":
      return words.containerId;
    case "pod":
      return words.pod;
    case "pod-uid":
      return words.podUid;
    case "container-network":
      return words.containerNetwork;
    case "inode":
      return words.inode(reason.text);
    case "attribute":
      return reason.text;
    case "compose":
      return words.compose(reason.text);
    case "process":
      return words.process(reason.text);
    case "pid":
      return words.pid(reason.text);
    case "mac":
      return words.mac(reason.text);
    case "alias":
      return words.alias(reason.text);
    case "altname":
      return words.altname(reason.text);
    case "address":
      return words.address(reason.text);
    case "listener":
      return words.listens(socketWords(store, ns, reason.socket), processOf(store, ns, reason.socket));
    case "neighbour":
      return reason.mac === "" ? words.neighbour(reason.text) : words.neighbourWithMac(reason.text, reason.mac);
    case "fdb":
      return words.fdbEntry(reason.text);
    case "network":
      return words.onNetwork(reason.text);
    case "route":
      return reason.via === "" ? words.route(reason.text) : words.routeVia(reason.text, reason.via);
  }
}

/** Writes a socket as ss(8) does, with the link to which it is bound. */
function socketWords(store: Store, ns: string, { protocol, address, port, ifindex }: Socket): string {
  const link = ifindex === null ? null : store.link({ ns, ifindex });
  const bound = link === null ? address : `${address}%${link.ifname}`;
  return `${protocol} ${bound.includes(":") ? `[${bound}]` : bound}:${port}`;
}

/** Returns the process that has a socket open. The kernel itself opens the sockets of tunnels such as vxlan. */
function processOf(store: Store, ns: string, { protocol, port, pid, process, others }: Socket): string {
  const words = t.inspector.listening;
  if (pid !== null) return t.search.withPid(others === 0 ? process : words.andMore(process, others), pid);
  const [link] = protocol === "udp" ? linksOfPort(store, ns, port) : [];
  return link === undefined ? t.search.noProcess : words.kernelFor(link.ifname);
}
