import { kindOf } from "../model/kinds";
import { knownName, networkOf } from "../model/labels";
import type { Store } from "../model/store";
import type { Link } from "../wire/schema";
import { t } from "./current";

/**
 * Returns the title of a namespace on the map: the host's name, its own name, its container's name, or the name of its
 * first process.
 */
export function namespaceTitle(store: Store, id: string): string {
  const known = knownName(store, id);
  if (known !== null) return known;
  return store.namespace(id)?.is_host === true ? t.common.host : t.common.namespaceWithId(id);
}

/** Returns the name of a link. A bridge of a container network has the network's name before its own. */
export function linkTitle(store: Store, link: Link): string {
  const network = networkOf(store, link);
  if (network === null || network.name === "" || network.name === link.ifname) return link.ifname;
  return t.common.network(network.name, link.ifname);
}

/** Returns the name of a link together with the name of its namespace. */
export function linkName(store: Store, link: Link): string {
  return `${namespaceTitle(store, link.ns)} / ${link.ifname}`;
}

/**
 * Returns a name for a kind of link that explains more than the kernel's word, in the language of the page. If there is
 * none, returns the kernel's word.
 */
export function kindLabel(kind: string): string {
  return t.kindLabels.get(kind) ?? kindOf(kind).label;
}
