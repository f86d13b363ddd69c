import { kindOf } from "../model/kinds";
import { knownName } from "../model/labels";
import type { Store } from "../model/store";
import type { Link } from "../wire/schema";
import { t } from "./current";

/** What to call a namespace on the map: the host's name, its own, its container's, or its first process. */
export function namespaceTitle(store: Store, id: string): string {
  const known = knownName(store, id);
  if (known !== null) return known;
  return store.namespace(id)?.is_host === true ? t.common.host : t.common.namespaceWithId(id);
}

/** A link's name with that of its namespace. */
export function linkName(store: Store, link: Link): string {
  return `${namespaceTitle(store, link.ns)} / ${link.ifname}`;
}

/** The longer name of a kind of link; the kind itself for one that is not known. */
export function kindLabel(kind: string): string {
  return t.kindLabels.get(kind) ?? kindOf(kind).label;
}
