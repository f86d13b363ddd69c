import { el, refill, serverPart } from "../parts/dom";
import { between, now } from "../sources/moment";
import { SILENT_S } from "../wire/schema";
import { t } from "../words/current";
import { clock } from "../words/format";
import type { Boot } from "./boot";
import type { Fresh } from "./fresh";

/**
 * Hides an element that says "live" when its time is over. The browser itself does this, by an animation without
 * frames: a browser that was stopped and continues may paint before the page's own timers run.
 */
class Expiry {
  private animation: Animation | null = null;

  constructor(private readonly element: HTMLElement | undefined) {}

  /** Hides the element after `left` milliseconds; undefined means never. */
  set(left: number | undefined): void {
    const before = this.animation;
    this.animation = null;
    if (left !== undefined) {
      const hidden = { visibility: "hidden" };
      this.animation = this.element?.animate([hidden, hidden], { delay: left, duration: 1, fill: "forwards" }) ?? null;
      // Otherwise the time counts from the next frame, and a browser that was stopped before it counts anew.
      if (this.animation !== null) this.animation.startTime = performance.now();
    }
    before?.cancel();
  }
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
  private readonly expiry = new Expiry(this.fresh);
  private shown = "";

  constructor(boot: Boot, search: HTMLElement, language: HTMLElement, theme: HTMLElement) {
    const signOut = serverPart("sign-out");
    signOut.hidden = false;
    const help = el("a", { attrs: [["href", "/help/"]] }, t.page.help);
    const { team, name } = boot.user;
    const who = el(
      "div",
      { class: "who" },
      team === "" ? null : el("span", { class: "team" }, t.page.team(team)),
      el("strong", {}, name),
      help,
      signOut,
    );
    const brand = el("a", { class: "brand", attrs: [["href", "/?all"]] }, "netviz");
    this.element = el("header", { class: "top" }, brand, hostChooser(boot), this.fresh, search, language, theme, who);
  }

  show({ state, words, left }: Fresh): void {
    this.expiry.set(left);
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

/**
 * The list of hosts at the left of the bar, with the state of each host. The page only follows its own host. The states
 * of the others are those of the moment when the page was loaded, and are soon shown as no longer known.
 */
export class HostList {
  readonly element: HTMLElement;
  private readonly loaded = now();
  private readonly expiry: Expiry;
  private aged = false;
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
    this.expiry = new Expiry(this.discs.get(boot.host));
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
    this.expiry.set(fresh.left);
    const disc = this.discs.get(this.boot.host);
    const value = this.values.get(this.boot.host);
    if (disc !== undefined) disc.className = `state ${fresh.state}`;
    if (value !== undefined)
      value.textContent = fresh.state === "live" ? t.page.namespacesShort(namespaces) : t.freshness.states[fresh.state];
    if (!this.aged && between(this.loaded, now()) > SILENT_S * 1_000) this.age();
  }

  private age(): void {
    this.aged = true;
    const time = clock(this.loaded.wall);
    for (const { id, state } of this.boot.hosts) {
      const disc = this.discs.get(id);
      if (id === this.boot.host || disc === undefined) continue;
      disc.className = "state unknown";
      disc.title = t.freshness.asOf(t.freshness.states[state], time);
    }
  }
}
