import { addressesOf, isDown } from "../../model/facts";
import { el, setText } from "../../parts/dom";
import { type Column, Listing } from "../../parts/listing";
import { command, copyable, goTo, group } from "../../parts/rows";
import { type Cell, firstOf } from "../../parts/tables";
import { linkKey } from "../../wire/key";
import type { Link } from "../../wire/schema";
import { t } from "../../words/current";
import { short } from "../../words/format";
import { upOrDown } from "../../words/hints";
import { commandIn } from "../commands";
import type { Page } from "../page";

/** Lists the links of a namespace with the state, addresses and traffic of each. */
export function linksTab(page: Page, ns: string): void {
  const { store } = page;
  const { facts, links: words } = t.inspector;
  const links = store.links(ns);
  const part = group(page, facts.links, t.common.links(links.length));
  const columns: readonly Column[] = [
    { head: facts.link },
    { head: facts.state },
    { head: words.in, numeric: true },
    { head: words.out, numeric: true },
    { head: facts.kind, under: "" },
    { head: "mtu", under: "mtu" },
    { head: words.master, under: "master" },
    { head: "MAC", under: "" },
    { head: facts.address, under: "" },
  ];
  const lines = firstOf(page, part, "links", links).map((link) => {
    const received = el("span");
    const sent = el("span");
    page.live(() => {
      for (const [cell, field] of [
        [received, "rx_bytes"],
        [sent, "tx_bytes"],
      ] as const) {
        const speed = page.book.rate(ns, link.ifindex, field);
        setText(cell, speed === null ? "" : short(speed, "B/s"));
      }
    });
    const master = store.master(link);
    return {
      cells: [
        goTo(page, link.ifname, linkKey(link)),
        { text: upOrDown(link), class: isDown(link) ? "warned" : "" },
        received,
        sent,
        `${link.ifindex}: ${link.kind}`,
        String(link.mtu),
        master === null ? "" : goTo(page, master.ifname, linkKey(master)),
        copyable(page, link.address),
        addressList(page, link),
      ],
    };
  });
  new Listing(page, part, columns, lines);
  command(page, part, commandIn(store, ns, "ip", "-d link show"));
}

function addressList(page: Page, link: Link): Cell {
  const found = addressesOf(page.store, link).map(({ address, prefix }) => copyable(page, `${address}/${prefix}`));
  return found.length === 0 ? "" : el("span", { class: "list" }, ...found.flatMap((one) => [one, " "]));
}
