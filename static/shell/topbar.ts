import { el, refill, serverPart } from "../parts/dom";
import { t } from "../words/current";
import { clock } from "../words/format";
import type { Boot, BootHost } from "./boot";
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
 * The list of hosts at the left of the bar, with the state of each host. The page follows only its own host, so the
 * others are never shown as live: the list says which state they had when the page was loaded.
 */
export class HostList {
  readonly element: HTMLElement;
  private readonly disc = el("span", { class: "state connecting" });
  private readonly value = el("span");
  private readonly expiry = new Expiry(this.disc);

  /** `loaded` is the time at which the browser began to load the page, in milliseconds since 1970. */
  constructor(boot: Boot, loaded: number) {
    const rows = boot.hosts.map((host) => {
      const isHere = host.id === boot.host;
      const [disc, value] = isHere ? [this.disc, this.value] : otherState(host, clock(loaded));
      return el(
        "a",
        {
          attrs: [
            ["href", host.url],
            ["aria-current", isHere ? "page" : null],
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
    this.expiry.set(fresh.left);
    this.disc.className = `state ${fresh.state}`;
    this.value.textContent =
      fresh.state === "live" ? t.page.namespacesShort(namespaces) : t.freshness.states[fresh.state];
  }
}

/** Returns a disc without a state, and the state that a host had at the time when the page was loaded. */
function otherState({ state }: BootHost, time: string): [HTMLElement, HTMLElement] {
  // All that the server says of such a host is that its agent is connected.
  const word = t.freshness.states[state === "live" ? "connected" : state];
  const title = [["title", t.freshness.asOf(word, time)]] as const;
  return [el("span", { class: "state unknown" }), el("span", { attrs: title }, t.freshness.at(word, time))];
}
