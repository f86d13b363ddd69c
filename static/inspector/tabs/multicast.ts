import type { Of } from "../../model/store";
import { type Column, type Line, Listing } from "../../parts/listing";
import { command, copyable, goTo, group } from "../../parts/rows";
import { type Cell, firstOf } from "../../parts/tables";
import { linkKey } from "../../wire/key";
import type { Link } from "../../wire/schema";
import { t } from "../../words/current";
import { restWords } from "../../words/fields";
import { commandIn } from "../commands";
import type { Page } from "../page";

/** Lists the multicast groups of a namespace, of a bridge or vxlan, or of a port, and the ports towards routers. */
export function multicastGroups(page: Page, ns: string, link: Link | null): void {
  const { store } = page;
  const mine = (one: { readonly ifindex: number; readonly port: number }): boolean =>
    link === null || one.ifindex === link.ifindex || one.port === link.ifindex;
  const [groups, routers] = [store.of(ns, "mdb").filter(mine), store.of(ns, "mdb_router").filter(mine)];
  if (groups.length + routers.length === 0) return;
  const words = t.inspector.neighbours;
  const part = group(page, words.groups, t.common.entries(groups.length));
  const place = (ifindex: number): Cell => {
    const found = store.link({ ns, ifindex });
    return found === null ? String(ifindex) : goTo(page, found.ifname, linkKey(found));
  };
  const told = new Set(["ifindex", "port", "group", "nth"]);
  const { facts } = t.inspector;
  const line = (group: Cell, one: Of<"mdb"> | Of<"mdb_router">): Line => ({
    cells: [group, place(one.ifindex), place(one.port), restWords(one, told)],
  });
  const lines = firstOf(page, part, "mdb", groups).map((one) => line(copyable(page, one.group), one));
  const towards = routers.map((one) => line({ text: words.allGroups, class: "" }, one));
  const columns: readonly Column[] = [
    { head: words.group },
    { head: facts.link, under: "dev" },
    { head: facts.port, under: "port" },
    { head: words.details, under: "" },
  ];
  new Listing(page, part, columns, [...lines, ...towards]);
  command(page, part, commandIn(store, ns, "bridge", "-d mdb show"));
}
