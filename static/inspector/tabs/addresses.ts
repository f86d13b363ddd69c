import { addressesOf } from "../../model/facts";
import { el, setText } from "../../parts/dom";
import { command, empty, goTo, group, row } from "../../parts/rows";
import { linkKey } from "../../wire/key";
import type { Address, Link } from "../../wire/schema";
import { t } from "../../words/current";
import { duration, listed } from "../../words/format";
import { namespaceTitle } from "../../words/names";
import { addressWords } from "../../words/notation";
import { commandIn, quote } from "../commands";
import type { Page } from "../page";

/** Adds the addresses of a namespace to the page, link by link. */
export function addressesTab(page: Page, ns: string): void {
  const links = page.store.links(ns).filter((link) => addressesOf(page.store, link).length > 0);
  if (links.length === 0) empty(page, t.inspector.addresses.noneInNamespace(namespaceTitle(page.store, ns)));
  for (const link of links) {
    const part = group(page, "");
    part.firstElementChild?.append(goTo(page, link.ifname, linkKey(link)), "");
    for (const address of addressesOf(page.store, link)) addressRows(page, part, link, address);
  }
  if (links.length > 0)
    command(page, group(page, t.inspector.facts.command), commandIn(page.store, ns, "ip", "address show"));
}

/** Adds the addresses of one link to the page. */
export function linkAddresses(page: Page, link: Link): void {
  const found = addressesOf(page.store, link);
  if (found.length === 0) return empty(page, t.inspector.addresses.noneOnLink(link.ifname));
  const part = group(page, t.inspector.tabs.addresses, t.common.addresses(found.length));
  for (const address of found) addressRows(page, part, link, address);
  command(page, part, commandIn(page.store, link.ns, "ip", `address show dev ${quote(link.ifname)}`));
}

function addressRows(page: Page, part: HTMLElement, link: Link, address: Address): void {
  const remark = el("span");
  page.live(() => {
    setText(remark, listed([addressWords(link, address), lifetime(page, link, address)]));
  });
  row(page, part, address.family === "ip" ? "inet" : "inet6", `${address.address}/${address.prefix}`, { remark });
}

/** Writes how long an address stays valid; empty for an address without a limit, which is the normal case. */
function lifetime(page: Page, link: Link, address: Address): string {
  const known = page.book.life(link.ns, address.ifindex, address.address, address.prefix);
  if (known !== null) return lifeWords(known.valid_s, known.preferred_s);
  const { addresses: words } = t.inspector;
  return address.flags.includes("permanent") ? "" : words.lifetimeNotRead;
}

function lifeWords(valid: number | null, preferred: number | null): string {
  const { addresses } = t.inspector;
  if (valid === null && preferred === null) return "";
  const words = (seconds: number | null): string =>
    seconds === null ? t.common.forever : addresses.lasting(duration(seconds));
  return addresses.lifetimes(words(valid), words(preferred));
}
