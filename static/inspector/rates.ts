import { el, refill, setText } from "../parts/dom";
import { sparkline } from "../parts/sparkline";
import type { Link } from "../wire/schema";
import { t } from "../words/current";
import { short } from "../words/format";
import type { Page } from "./page";

/** Adds two rows for a link: the rate at which it receives, and the rate at which it sends. */
export function trafficRow(page: Page, part: HTMLElement, link: Link): void {
  for (const [way, word] of [
    ["rx", t.inspector.facts.received],
    ["tx", t.inspector.facts.sent],
  ] as const) {
    const rate = el("span", { class: "value" }, "…");
    const line = el("span");
    part.append(el("div", { class: "traffic" }, el("span", { class: "quiet" }, `${link.ifname} ${word}`), rate, line));
    page.live(() => {
      const speed = page.book.rate(link.ns, link.ifindex, way === "rx" ? "rx_bytes" : "tx_bytes");
      setText(rate, speed === null ? "…" : short(speed, "B/s"));
      refill(line, sparkline(page.book.line(link.ns, link.ifindex, way)));
    });
  }
}
