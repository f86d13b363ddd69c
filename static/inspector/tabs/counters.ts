import { el, refill } from "../../parts/dom";
import { command, group } from "../../parts/rows";
import { sparkline } from "../../parts/sparkline";
import { table } from "../../parts/tables";
import type { Link } from "../../wire/schema";
import { t } from "../../words/current";
import { grouped, short } from "../../words/format";
import { commandIn, quote } from "../commands";
import type { Page } from "../page";
import { whole } from "../statebook";

type Field =
  | "rx_bytes"
  | "rx_packets"
  | "rx_errors"
  | "rx_dropped"
  | "rx_missed"
  | "multicast"
  | "tx_bytes"
  | "tx_packets"
  | "tx_errors"
  | "tx_dropped"
  | "tx_carrier"
  | "collisions";

const FIELDS: readonly (readonly [Field, "B" | "", boolean])[] = [
  ["rx_bytes", "B", false],
  ["rx_packets", "", false],
  ["rx_errors", "", true],
  ["rx_dropped", "", true],
  ["rx_missed", "", true],
  ["multicast", "", false],
  ["tx_bytes", "B", false],
  ["tx_packets", "", false],
  ["tx_errors", "", true],
  ["tx_dropped", "", true],
  ["tx_carrier", "", true],
  ["collisions", "", true],
];

/**
 * Shows all counters of a link with their rates over the last two seconds and a chart of past rates. The values update
 * by themselves.
 */
export function countersTab(page: Page, link: Link): void {
  const words = t.inspector.counters;
  const part = group(page, words.title, words.remark);
  const cells = FIELDS.map(([field, unit, trouble]) => ({
    field,
    unit,
    trouble,
    name: el("span", { class: "quiet" }, words[field]),
    value: el("span"),
    rate: el("span"),
    line: el("span"),
  }));
  table(
    part,
    [words.counter, `#${t.inspector.facts.count}`, `#${words.rate}`, words.trend],
    cells.map(({ name, value, rate, line }) => [name, value, rate, line]),
  );
  page.live(() => {
    const now = page.book.counters(link.ns, link.ifindex);
    for (const { field, unit, trouble, value, rate, line } of cells) {
      value.textContent = now === null ? "…" : `${grouped(whole(now[field]))}${unit === "" ? "" : " B"}`;
      const speed = page.book.rate(link.ns, link.ifindex, field);
      rate.textContent = speed === null ? "" : short(speed, `${unit}/s`);
      rate.className = trouble && speed !== null && speed > 0 ? "warned" : "";
      if (field === "rx_bytes" || field === "tx_bytes")
        refill(line, sparkline(page.book.line(link.ns, link.ifindex, field === "rx_bytes" ? "rx" : "tx")));
    }
  });
  command(page, part, commandIn(page.store, link.ns, "ip", `-s -s link show dev ${quote(link.ifname)}`));
}
