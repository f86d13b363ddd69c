import { el, refill, serverPart } from "../parts/dom";
import type { Connection } from "../sources/source";
import type { Freshness } from "../wire/schema";
import { t } from "../words/current";
import { ago, clock } from "../words/format";
import type { Boot } from "./boot";

/** How fresh the map is: as a word for the style sheet, and as a sentence for people. */
export interface Fresh {
  readonly state: "live" | "stale" | "never" | "lost";
  readonly words: string;
}

/** Determines how fresh the map is, from the connection and the server's last report. */
export function freshOf(connection: Connection, freshness: Freshness | null, now: number): Fresh {
  if (connection.state === "lost") return { state: "lost", words: t.freshness.lost(ago(now - connection.since)) };
  if (connection.state === "signed-out") return { state: "lost", words: t.freshness.signedOut };
  if (connection.state === "connecting" || freshness === null) return { state: "never", words: t.freshness.connecting };
  if (freshness.state === "live")
    return { state: "live", words: t.freshness.live(t.common.milliseconds(freshness.lag_ms)) };
  if (freshness.state === "never") return { state: "never", words: t.freshness.never };
  const words = t.freshness.stale(clock(freshness.since_ms), ago(now - freshness.since_ms));
  return { state: "stale", words };
}

/** The bar at the top of the page: host, freshness, search, language, colours, and the signed-in user. */
export class TopBar {
  readonly element: HTMLElement;
  private readonly fresh = el("div", {
    class: "freshness",
    attrs: [
      ["role", "status"],
      ["aria-live", "off"],
    ],
  });
  private shown = "";

  constructor(boot: Boot, search: HTMLElement, language: HTMLElement, theme: HTMLElement) {
    const signOut = serverPart("sign-out");
    signOut.hidden = false;
    const help = el("a", { attrs: [["href", "/help/"]] }, t.page.help);
    const { team, name } = boot.user;
    const who = el(
      "div",
      { class: "who" },
      team === "" ? null : el("span", {}, team),
      el("strong", {}, name),
      help,
      signOut,
    );
    const brand = el("a", { class: "brand", attrs: [["href", "/?all"]] }, "netviz");
    this.element = el("header", { class: "top" }, brand, hostChooser(boot), this.fresh, search, language, theme, who);
  }

  show({ state, words }: Fresh): void {
    if (words === this.shown) return;
    this.shown = words;
    this.fresh.className = `freshness ${state}`;
    refill(this.fresh, el("span", { class: `state ${state}` }), el("span", {}, words));
  }
}

function hostChooser(boot: Boot): HTMLElement {
  const options = boot.hosts.map((host) => {
    const name = host.practice && !host.name.includes("practice") ? t.page.practice(host.name) : host.name;
    return el(
      "option",
      {
        attrs: [
          ["value", host.url],
          ["selected", host.id === boot.host ? "" : null],
        ],
      },
      name,
    );
  });
  const chooser = el("select", { class: "field", attrs: [["aria-label", t.page.host]] }, ...options);
  chooser.addEventListener("change", () => {
    location.assign(chooser.value);
  });
  return chooser;
}

/** The list of hosts at the left of the bar, with the state of each host. */
export class HostList {
  readonly element: HTMLElement;
  private readonly discs = new Map<string, HTMLElement>();
  private readonly values = new Map<string, HTMLElement>();

  constructor(private readonly boot: Boot) {
    const rows = boot.hosts.map((host) => {
      const disc = el("span", { class: `state ${host.state}` });
      const value = el("span", {}, host.state === "live" ? "" : t.freshness.states[host.state]);
      this.discs.set(host.id, disc);
      this.values.set(host.id, value);
      const current = host.id === boot.host ? "page" : null;
      return el(
        "a",
        {
          attrs: [
            ["href", host.url],
            ["aria-current", current],
          ],
        },
        disc,
        el("span", { attrs: [["title", host.name]] }, host.name),
        value,
      );
    });
    const caption = el(
      "div",
      { class: "caption" },
      el("span", {}, t.page.hosts),
      el("span", {}, String(boot.hosts.length)),
    );
    this.element = el("nav", { class: "hosts", attrs: [["aria-label", t.page.hosts]] }, caption, ...rows);
  }

  /** Updates the state of the current host and the number of its namespaces. */
  show(fresh: Fresh, namespaces: number): void {
    const disc = this.discs.get(this.boot.host);
    const value = this.values.get(this.boot.host);
    if (disc !== undefined) disc.className = `state ${fresh.state}`;
    if (value !== undefined)
      value.textContent = fresh.state === "live" ? t.page.namespacesShort(namespaces) : t.freshness.states[fresh.state];
  }
}
