import { addressesOf } from "../../model/facts";
import { namespaceTitle } from "../../model/labels";
import { command, empty, goTo, group, row } from "../../parts/rows";
import { linkKey } from "../../wire/key";
import type { Address, Link } from "../../wire/schema";
import { counted, duration } from "../../words/format";
import { addressProtocolWord } from "../../words/tables";
import { commandIn, quote } from "../commands";
import type { Page } from "../page";

/** The addresses of a namespace, link by link. */
export function addressesTab(page: Page, ns: string): void {
  const links = page.store.links(ns).filter((link) => addressesOf(page.store, link).length > 0);
  if (links.length === 0) empty(page, `${namespaceTitle(page.store, ns)} has no address.`);
  for (const link of links) {
    const part = group(page, "");
    part.firstElementChild?.append(goTo(page, link.ifname, linkKey(link)), "");
    for (const address of addressesOf(page.store, link)) addressRows(page, part, link, address);
  }
  if (links.length > 0) command(page, group(page, "Command"), commandIn(page.store, ns, "ip", "address show"));
}

/** The addresses of one link. */
export function linkAddresses(page: Page, link: Link): void {
  const found = addressesOf(page.store, link);
  if (found.length === 0) return empty(page, `${link.ifname} has no address.`);
  const part = group(page, "Addresses", counted(found.length, "address", "addresses"));
  for (const address of found) addressRows(page, part, link, address);
  command(page, part, commandIn(page.store, link.ns, "ip", `address show dev ${quote(link.ifname)}`));
}

function addressRows(page: Page, part: HTMLElement, link: Link, address: Address): void {
  row(page, part, address.family === "ip" ? "inet" : "inet6", `${address.address}/${address.prefix}`, {
    remark: remark(link, address),
  });
  const life = row(page, part, "lifetime", "", { words: true });
  page.live(() => {
    const known = page.book.life(link.ns, address.ifindex, address.address, address.prefix);
    const permanent = address.flags.includes("permanent");
    life.textContent =
      known === null ? (permanent ? "for ever" : "not read yet") : lifeWords(known.valid_s, known.preferred_s);
  });
}

function lifeWords(valid: number | null, preferred: number | null): string {
  if (valid === null && preferred === null) return "valid and preferred for ever";
  const words = (seconds: number | null): string => (seconds === null ? "for ever" : `for ${duration(seconds)}`);
  return `valid ${words(valid)}, preferred ${words(preferred)}`;
}

/** What ip-address(8) says of an address beside it. */
export function remark(link: Link, address: Address): string {
  return [
    `scope ${address.scope}`,
    address.peer === "" ? "" : `peer ${address.peer}`,
    address.broadcast === "" ? "" : `brd ${address.broadcast}`,
    address.label === "" || address.label === link.ifname ? "" : `label ${address.label}`,
    address.metric === 0 ? "" : `metric ${address.metric}`,
    address.protocol === 0 ? "" : `proto ${addressProtocolWord(address.protocol)}`,
    ...address.flags.filter((flag) => flag !== "permanent"),
  ]
    .filter((part) => part !== "")
    .join(", ");
}
