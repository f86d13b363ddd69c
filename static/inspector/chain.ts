import { lacksPeer } from "../model/facts";
import { formOf, isBar, TONE, toneOf } from "../model/kinds";
import { button, el } from "../parts/dom";
import { linkKey } from "../wire/key";
import type { Link } from "../wire/schema";
import { t } from "../words/current";
import type { Page } from "./page";

/**
 * Draws what a link is connected to, in one row: its master, the link, its peer or lower link, and the master of the
 * peer.
 */
export function chainOf(page: Page, link: Link): HTMLElement {
  const { store } = page;
  const parts: Node[] = [];
  const master = store.master(link);
  if (master !== null) parts.push(bar(page, master, portNumber(link)), wire(TONE.bar, false));
  parts.push(chip(page, link, true));
  const peer = store.peer(link);
  const lower = store.lower(link);
  if (peer !== null) parts.push(wire(TONE.pair, false), chip(page, peer, false));
  else if (lacksPeer(store, link)) parts.push(wire(TONE.pair, true), el("span", { class: "quiet" }, t.map.noPeerFound));
  else if (lower !== null)
    parts.push(wire(toneOf(link.kind), true), isBar(lower.kind) ? bar(page, lower, "") : chip(page, lower, false));
  const far = peer === null ? null : store.master(peer);
  if (peer !== null && far !== null) parts.push(wire(TONE.bar, false), bar(page, far, portNumber(peer)));
  return el("div", { class: "chain" }, ...parts);
}

function portNumber({ port }: Link): string {
  return port?.t === "bridge_port" ? t.inspector.link.portNumber(port.number) : "";
}

/** Draws the two ends of a tunnel. */
export function tunnelChain(page: Page, a: Link, b: Link): HTMLElement {
  return el("div", { class: "chain" }, chip(page, a, true), wire(toneOf(a.kind), true), chip(page, b, false));
}

function chip(page: Page, link: Link, here: boolean): HTMLElement {
  const tone = toneOf(link.kind);
  const made = button(el("span", {}, link.ifname), {
    class: `chip tone-${tone}${here ? " here" : ""}`,
    attrs: [["data-ref", linkKey(link)]],
    press: () => {
      page.go(linkKey(link));
    },
  });
  const form = formOf(tone);
  if (form === "dashed" || form === "dotted") made.style.borderStyle = form;
  return made;
}

function bar(page: Page, link: Link, remark: string): HTMLElement {
  const made = button(el("span", {}, link.ifname), {
    class: `bar tone-${TONE.bar}`,
    attrs: [["data-ref", linkKey(link)]],
    press: () => {
      page.go(linkKey(link));
    },
  });
  if (remark !== "") made.append(el("span", { class: "quiet" }, `  ${remark}`));
  return made;
}

function wire(tone: string, dashed: boolean): HTMLElement {
  return el("span", { class: `wire tone-${tone}${dashed ? " dashed" : ""}` });
}
