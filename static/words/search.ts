import { type Hit, hitsOf, type Reason } from "../model/search";
import type { Store } from "../model/store";
import type { Link } from "../wire/schema";
import { t } from "./current";
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
export function search(store: Store, query: string): readonly Found[] {
  const titleOf = (ns: string): string => namespaceTitle(store, ns);
  return hitsOf(store, query, titleOf).map((hit) => found(store, hit, titleOf));
}

/**
 * Says that nothing was found. For a port, it also says where listening sockets are shown, because the page has these
 * only for the namespace in the inspector.
 */
export function nothingWords(query: string): string {
  const isPort = /^(port)? *:? *\d{1,5}$/i.test(query.trim());
  return isPort ? t.search.noPort : t.search.nothing;
}

function found(store: Store, { ref, ns, link, reason }: Hit, titleOf: (ns: string) => string): Found {
  const title = titleOf(ns);
  const words = reason.by === "name" ? natureWords(store, ns, link) : reasonWords(reason);
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

function reasonWords(reason: Reason): string {
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
