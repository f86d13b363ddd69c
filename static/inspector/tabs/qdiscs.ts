import type { Of, Store } from "../../model/store";
import { command, empty, group } from "../../parts/rows";
import { table } from "../../parts/tables";
import type { Link } from "../../wire/schema";
import { counted } from "../../words/format";
import { commandIn, quote } from "../commands";
import type { Page } from "../page";

function qdiscsOf(store: Store, link: Link): readonly Of<"qdisc">[] {
  return store.of(link.ns, "qdisc").filter((qdisc) => qdisc.ifindex === link.ifindex);
}

function filtersOf(store: Store, link: Link): readonly Of<"tc_filter">[] {
  return store.of(link.ns, "tc_filter").filter((filter) => filter.ifindex === link.ifindex);
}

/** How many queueing disciplines and filters somebody set on a link. */
export function trafficControlCount(store: Store, link: Link): number {
  return qdiscsOf(store, link).length + filtersOf(store, link).length;
}

/** Queueing disciplines and filters of a link, programs by their names. */
export function trafficControlTab(page: Page, link: Link): void {
  const { store } = page;
  const qdiscs = qdiscsOf(store, link).toSorted((a, b) => (a.handle < b.handle ? -1 : 1));
  const filters = filtersOf(store, link).toSorted(
    (a, b) => (a.parent < b.parent ? -1 : Number(a.parent > b.parent)) || a.priority - b.priority,
  );
  if (qdiscs.length + filters.length === 0)
    return empty(page, `${link.ifname} has the queueing discipline it got by itself: ${link.qdisc || "none"}.`);
  if (qdiscs.length > 0) {
    const part = group(page, "Queueing disciplines", counted(qdiscs.length, "qdisc"));
    const rows = qdiscs.map(({ kind, handle, parent }) => [kind, handle, parent]);
    table(part, ["kind", "handle", "parent"], rows);
    command(page, part, commandIn(store, link.ns, "tc", `qdisc show dev ${quote(link.ifname)}`));
  }
  if (filters.length === 0) return;
  const part = group(page, "Filters", counted(filters.length, "filter"));
  table(
    part,
    ["at", "#priority", "what", "does"],
    filters.map((filter) => [
      filter.parent,
      String(filter.priority),
      { text: whatOf(filter), class: "mono" },
      doesOf(filter),
    ]),
  );
  for (const way of ["ingress", "egress"])
    if (filters.some(({ parent }) => parent === way))
      command(page, part, commandIn(store, link.ns, "tc", `filter show dev ${quote(link.ifname)} ${way}`));
}

function whatOf({ kind, protocol, name, program }: Of<"tc_filter">): string {
  const named = [name, program === null ? "" : `program ${program}`].filter((word) => word !== "").join(", ");
  return [kind, protocol === "all" ? "" : protocol, named].filter((word) => word !== "").join(" ");
}

function doesOf({ actions, direct }: Of<"tc_filter">): string {
  return [direct ? "decides itself" : "", ...actions].filter((word) => word !== "").join(", ");
}
