import { el, refill, svg } from "../../parts/dom";
import type { Link } from "../../wire/schema";
import { commandIn, quote } from "../commands";
import { command, group, type Page, table } from "../parts";
import { whole } from "../statebook";
import { grouped, short } from "../../words/format";

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

/** A small line of rates, zero at the bottom; dashed where nothing is known yet. */
export function sparkline(values: readonly number[]): SVGSVGElement {
  const most = Math.max(1, ...values);
  const x = (at: number): number => (values.length < 2 ? 96 : (at * 92) / (values.length - 1));
  const y = (value: number): number => 15 - (13 * value) / most;
  const base = svg("path", {
    attrs: [
      ["d", "M0 15.5H96"],
      ["stroke", "var(--line)"],
      ["stroke-dasharray", values.length === 0 ? "3 3" : null],
    ],
  });
  const points = values.map((value, at) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
  const line = svg("polyline", {
    attrs: [
      ["points", points],
      ["fill", "none"],
      ["stroke", "var(--ink-2)"],
      ["stroke-width", 1.25],
    ],
  });
  const last = values.at(-1);
  const dot =
    last === undefined
      ? null
      : svg("circle", {
          attrs: [
            ["cx", x(values.length - 1)],
            ["cy", y(last)],
            ["r", 2],
            ["fill", "var(--accent)"],
          ],
        });
  return svg(
    "svg",
    {
      class: "spark",
      attrs: [
        ["viewBox", "0 0 96 16"],
        ["aria-hidden", "true"],
      ],
    },
    base,
    line,
    dot,
  );
}

/** One line for a link: what comes in and goes out now. */
export function trafficRow(page: Page, part: HTMLElement, link: Link): void {
  for (const [way, word] of [
    ["rx", "received"],
    ["tx", "sent"],
  ] as const) {
    const rate = el("span", { class: "value" }, "…");
    const line = el("span");
    part.append(el("div", { class: "traffic" }, el("span", { class: "quiet" }, `${link.ifname} ${word}`), rate, line));
    page.live(() => {
      const speed = page.book.rate(link.ns, link.ifindex, way === "rx" ? "rx_bytes" : "tx_bytes");
      rate.textContent = speed === null ? "…" : short(speed, "B/s");
      refill(line, sparkline(page.book.line(link.ns, link.ifindex, way)));
    });
  }
}
