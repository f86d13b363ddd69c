import type { Of, Store } from "../../model/store";
import { type Column, Listing } from "../../parts/listing";
import { command, empty, group } from "../../parts/rows";
import { table } from "../../parts/tables";
import type { Link } from "../../wire/schema";
import { t } from "../../words/current";
import { listed } from "../../words/format";
import { commandIn, quote } from "../commands";
import type { Page } from "../page";

function qdiscsOf(store: Store, link: Link): readonly Of<"qdisc">[] {
  return store.of(link.ns, "qdisc").filter((qdisc) => qdisc.ifindex === link.ifindex);
}

function filtersOf(store: Store, link: Link): readonly Of<"tc_filter">[] {
  return store.of(link.ns, "tc_filter").filter((filter) => filter.ifindex === link.ifindex);
}

/** Counts the qdiscs and filters that were configured on a link. */
export function trafficControlCount(store: Store, link: Link): number {
  return qdiscsOf(store, link).length + filtersOf(store, link).length;
}

/** Lists the qdiscs and filters of a link, with the names of BPF programs. */
export function trafficControlTab(page: Page, link: Link): void {
  const { store } = page;
  const { facts, qdiscs: words } = t.inspector;
  const qdiscs = qdiscsOf(store, link).toSorted((a, b) => (a.handle < b.handle ? -1 : 1));
  const filters = filtersOf(store, link).toSorted(
    (a, b) => (a.parent < b.parent ? -1 : Number(a.parent > b.parent)) || a.priority - b.priority,
  );
  if (qdiscs.length + filters.length === 0)
    return empty(page, words.defaultQdisc(link.ifname, link.qdisc || t.common.none));
  if (qdiscs.length > 0) {
    const part = group(page, words.title, t.common.qdiscs(qdiscs.length));
    const rows = qdiscs.map(({ kind, handle, parent }) => [kind, handle, parent]);
    table(part, [facts.kind, facts.handle, words.parent], rows);
    command(page, part, commandIn(store, link.ns, "tc", `qdisc show dev ${quote(link.ifname)}`));
  }
  if (filters.length === 0) return;
  const part = group(page, words.filters, t.common.filters(filters.length));
  const columns: readonly Column[] = [
    { head: words.attachedAt },
    { head: facts.priority, numeric: true },
    { head: words.filter, under: "" },
    { head: words.action, under: "" },
  ];
  const lines = filters.map((filter) => ({
    cells: [filter.parent, String(filter.priority), filterWords(filter), actionWords(filter)],
  }));
  new Listing(page, part, columns, lines);
  for (const way of ["ingress", "egress"])
    if (filters.some(({ parent }) => parent === way))
      command(page, part, commandIn(store, link.ns, "tc", `filter show dev ${quote(link.ifname)} ${way}`));
}

function filterWords({ kind, protocol, name, program }: Of<"tc_filter">): string {
  const named = listed([name, program === null ? "" : t.inspector.link.program(program)]);
  return [kind, protocol === "all" ? "" : protocol, named].filter((word) => word !== "").join(" ");
}

function actionWords({ actions, direct }: Of<"tc_filter">): string {
  return listed([direct ? "direct-action" : "", ...actions]);
}
