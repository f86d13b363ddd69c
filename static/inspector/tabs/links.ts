import { addressesOf } from "../../model/facts";
import { el } from "../../parts/dom";
import { command, goTo, group } from "../../parts/rows";
import { firstOf, tableRow } from "../../parts/tables";
import { linkKey } from "../../wire/key";
import { t } from "../../words/current";
import { short } from "../../words/format";
import { linkCondition } from "../../words/hints";
import { commandIn } from "../commands";
import type { Page } from "../page";

/** Lists the links of a namespace with the state, addresses and traffic of each. */
export function linksTab(page: Page, ns: string): void {
  const { store } = page;
  const { facts, links: words } = t.inspector;
  const links = store.links(ns);
  const part = group(page, facts.links, t.common.links(links.length));
  const body = el("tbody");
  const heads = [facts.link, facts.state, words.in, words.out].map((head, at) =>
    el("th", { class: at > 1 ? "num" : "" }, head),
  );
  part.append(el("table", {}, el("thead", {}, el("tr", {}, ...heads)), body));
  for (const link of firstOf(page, part, "links", links)) {
    const received = el("span");
    const sent = el("span");
    const state = linkCondition(store, link);
    body.append(
      tableRow(
        [goTo(page, link.ifname, linkKey(link)), { text: state, class: "" }, received, sent],
        [false, false, true, true],
        "first",
      ),
    );
    const addresses = addressesOf(store, link).map((address) => `${address.address}/${address.prefix}`);
    const second = [`${link.ifindex}: ${link.kind}`, link.address, ...addresses]
      .filter((part) => part !== "")
      .join("  ");
    body.append(el("tr", {}, el("td", { class: "second", attrs: [["colspan", 4]] }, second)));
    page.live(() => {
      for (const [cell, field] of [
        [received, "rx_bytes"],
        [sent, "tx_bytes"],
      ] as const) {
        const speed = page.book.rate(ns, link.ifindex, field);
        cell.textContent = speed === null ? "" : short(speed, "B/s");
      }
    });
  }
  command(page, part, commandIn(store, ns, "ip", "-d link show"));
}
