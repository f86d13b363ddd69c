import { el, refill } from "../../parts/dom";
import { command, group } from "../../parts/rows";
import { sparkline } from "../../parts/sparkline";
import { table } from "../../parts/tables";
import type { Link } from "../../wire/schema";
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

const FIELDS: readonly (readonly [Field, string, "B" | "", boolean])[] = [
  ["rx_bytes", "received", "B", false],
  ["rx_packets", "packets", "", false],
  ["rx_errors", "errors", "", true],
  ["rx_dropped", "dropped", "", true],
  ["rx_missed", "missed", "", true],
  ["multicast", "multicast", "", false],
  ["tx_bytes", "sent", "B", false],
  ["tx_packets", "packets", "", false],
  ["tx_errors", "errors", "", true],
  ["tx_dropped", "dropped", "", true],
  ["tx_carrier", "carrier lost", "", true],
  ["collisions", "collisions", "", true],
];

/** All counters of a link as they run, with rates over the last two seconds and a line of them. */
export function countersTab(page: Page, link: Link): void {
  const part = group(page, "Counters", "since the link exists; rate over the last 2 s");
  const cells = FIELDS.map(([field, name]) => ({
    field,
    name: el("span", { class: "quiet" }, name),
    value: el("span"),
    rate: el("span"),
    line: el("span"),
  }));
  table(
    part,
    ["counter", "#count", "#rate", "line"],
    cells.map(({ name, value, rate, line }) => [name, value, rate, line]),
  );
  page.live(() => {
    const now = page.book.counters(link.ns, link.ifindex);
    for (const [at, { field, value, rate, line }] of cells.entries()) {
      const [, , unit, trouble] = FIELDS[at] ?? [field, "", "", false];
      value.textContent = now === null ? "…" : `${grouped(String(whole(now[field])))}${unit === "" ? "" : " B"}`;
      const speed = page.book.rate(link.ns, link.ifindex, field);
      rate.textContent = speed === null ? "" : short(speed, `${unit}/s`);
      rate.className = trouble && speed !== null && speed > 0 ? "warned" : "";
      if (field === "rx_bytes" || field === "tx_bytes")
        refill(line, sparkline(page.book.line(link.ns, link.ifindex, field === "rx_bytes" ? "rx" : "tx")));
    }
  });
  command(page, part, commandIn(page.store, link.ns, "ip", `-s -s link show dev ${quote(link.ifname)}`));
}
