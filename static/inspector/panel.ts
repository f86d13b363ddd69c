import type { InspectorMoves } from "../actions/action";
import type { Actions } from "../actions/actions";
import { type HostKey, sameHostKey } from "../model/hostkey";
import { type Changes, namespaceOf, type Store } from "../model/store";
import { button, el, refill, setText } from "../parts/dom";
import { icons } from "../parts/icons";
import { warning } from "../parts/rows";
import { unbroken } from "../parts/unbroken";
import type { Outcome, Subject } from "../sources/source";
import type { Stores } from "../sources/stores";
import type { State } from "../wire/schema";
import { t } from "../words/current";
import { listed } from "../words/format";
import { subjectName } from "../words/notes";
import { frozenGaps, frozenWords } from "../words/summaries";
import { Hold } from "./hold";
import type { Page } from "./page";
import { StateBook } from "./statebook";
import { type Shown, subjectOf, type Tab } from "./subject";

/**
 * The inspector renews its watch (its request for current values) at this interval, in milliseconds. The interval is
 * much shorter than 30 s, because the server ends a watch that is not renewed for 30 s.
 */
const RENEW_MS = 10_000;
const REDRAW_MS = 60;
/** In a narrower window, rows of one line do not fit into the inspector's wide form, in pixels. */
const WIDE_PX = 900;
/** The time for which the inspector says what was copied, in milliseconds. */
const SPOKEN_MS = 4_000;

function titleOf(shown: Shown | null): readonly (string | Node)[] {
  const parts = shown?.title() ?? [t.inspector.panel.removedTitle];
  return parts.flatMap((part) => (typeof part === "string" ? unbroken(part) : [part]));
}

export interface InspectorEvents {
  select(at: HostKey | null): void;
  /** Called after the inspector was made wide or narrow. */
  wide(wide: boolean): void;
  /** Called after a person chose a tab. The page calls `show` in response. */
  tab(tab: string): void;
  watch(host: string, ns: string, subjects: readonly Subject[], bulky: boolean): void;
  readNow(host: string, ns: string, subjects: readonly Subject[]): Promise<Outcome>;
}

/** Scrolls a row of tabs to the tab that was just chosen, because a phone shows only a few of them. */
function reveal(tabs: HTMLElement, chosen: HTMLElement | undefined): void {
  if (chosen === undefined) return;
  const most = chosen.offsetLeft - tabs.offsetLeft;
  const least = most + chosen.offsetWidth - tabs.clientWidth;
  tabs.scrollLeft = Math.min(Math.max(tabs.scrollLeft, least), most);
}

/** The inspector: shows every fact about the selection in tabs, with current values. */
export class Inspector implements InspectorMoves {
  private readonly book = new StateBook();
  private readonly header = el("header");
  private readonly tabs = el("div", { class: "tabs", attrs: [["role", "tablist"]] });
  private readonly body = el("div", { class: "body", attrs: [["role", "tabpanel"]] });
  /** What was copied, for everybody: visible at the foot of the inspector, and announced by a screen reader. */
  private readonly spoken = el("div", { class: "spoken", attrs: [["role", "status"]] });
  private readonly paused = el("div", { class: "spoken paused", attrs: [["hidden", ""]] });
  private readonly hold: Hold;
  /** What arrived while the content must not change. */
  private missed: "nothing" | "values" | "entities" = "nothing";
  private readonly updates: (() => void)[] = [];
  private readonly choices = new Map<string, string>();
  private at: HostKey | null = null;
  private tab = "";
  private shown: Shown | null = null;
  private drawing = 0;
  private timer = 0;
  private silence = 0;
  private wide = false;
  private revealed = "";

  constructor(
    private readonly element: HTMLElement,
    private readonly stores: Stores,
    private readonly events: InspectorEvents,
    private readonly actions: Actions,
  ) {
    this.paused.textContent = t.inspector.panel.held;
    element.append(this.header, this.tabs, this.body, this.paused, this.spoken);
    this.hold = new Hold(element, () => {
      this.catchUp();
    });
    document.addEventListener("visibilitychange", () => {
      this.watch();
    });
    window.addEventListener("resize", () => {
      if (element.classList.contains("wide") !== this.isWide) this.draw();
    });
  }

  /** Shows a selection in the inspector. For null, the inspector is empty and requests no current values. */
  show(at: HostKey | null, tab: string): void {
    if (!sameHostKey(at, this.at)) {
      this.book.clear();
      this.choices.clear();
      this.body.scrollTop = 0;
    }
    this.at = at;
    this.tab = tab;
    this.draw();
    this.watch();
  }

  /** Draws the inspector again after a change that may affect its content, at most a few times a second. */
  changed(host: string, changes: Changes): void {
    if (this.at?.host !== host || !this.concerns(this.stores.of(host), changes)) return;
    this.drawing ||= window.setTimeout(() => {
      this.drawing = 0;
      if (this.hold.isOn) this.miss("entities");
      else this.draw();
    }, REDRAW_MS);
  }

  /**
   * Whether changes affect what the inspector shows. Returns true for a change in an inspected namespace. Also returns
   * true for a change in the namespace of a peer or lower link, because the inspector may show the name of that link.
   */
  private concerns(store: Store, changes: Changes): boolean {
    if (this.shown === null) return true;
    const near = new Set(this.shown.namespaces);
    for (const ns of this.shown.namespaces) {
      for (const link of store.links(ns)) for (const ref of [link.peer, link.lower]) if (ref !== null) near.add(ref.ns);
    }
    const touched = [...changes.added, ...changes.removed, ...changes.changed.map(({ now }) => now)];
    return touched.some((entity) => entity.t === "host" || near.has(namespaceOf(entity)));
  }

  state(host: string, frame: State): void {
    if (this.at?.host !== host) return;
    this.book.take(frame);
    if (this.hold.isOn) this.miss("values");
    else for (const update of this.updates) update();
  }

  private miss(what: "values" | "entities"): void {
    if (this.missed !== "entities") this.missed = what;
    this.paused.hidden = !this.hold.hasSelection;
  }

  /** Shows what arrived while text was selected. */
  private catchUp(): void {
    const { missed } = this;
    if (missed === "entities") this.draw();
    else if (missed === "values") for (const update of this.updates) update();
    this.missed = "nothing";
    this.paused.hidden = true;
  }

  private draw(): void {
    const { at } = this;
    const store = at === null || !this.stores.has(at) ? null : this.stores.of(at.host);
    this.shown = at === null || store === null ? null : subjectOf(store, at.key);
    this.updates.length = 0;
    this.missed = "nothing";
    this.paused.hidden = true;
    if (at === null) return;
    const scroll = this.body.scrollTop;
    const focused = this.focusMark();
    this.element.classList.toggle("wide", this.isWide);
    this.drawHeader();
    this.body.replaceChildren();
    const tab = this.currentTab();
    this.drawTabs(tab);
    if (tab === null || store === null) this.body.append(el("p", { class: "empty" }, t.inspector.panel.removed));
    else {
      if (tab.name !== "overview") for (const ns of this.shown?.namespaces ?? []) this.drawFrozen(store, ns);
      tab.draw(this.page(store, at.host));
    }
    this.body.scrollTop = scroll;
    focused();
  }

  /** Says above a tab that its data may be old. The overview explains why. */
  private drawFrozen(store: Store, ns: string): void {
    const names = frozenGaps(store, ns).map(({ subject }) => subjectName(subject));
    if (names.length > 0) warning(this.body, t.warnings.lost(listed(names)), frozenWords(store, ns));
  }

  private page(store: Store, host: string): Page {
    return {
      store,
      book: this.book,
      body: this.body,
      wide: this.isWide,
      go: (key) => {
        this.events.select({ host, key });
      },
      live: (update) => {
        this.updates.push(update);
        update();
      },
      choice: (name, first) => this.choices.get(name) ?? first,
      choose: (name, value) => {
        this.choices.set(name, value);
        this.draw();
      },
      say: (text) => {
        this.say(text);
      },
      readNow: (ns, subject) => this.events.readNow(host, ns, [subject]),
    };
  }

  private say(text: string): void {
    setText(this.spoken, text);
    clearTimeout(this.silence);
    this.silence = window.setTimeout(() => {
      setText(this.spoken, "");
    }, SPOKEN_MS);
  }

  /**
   * Remembers which element has the focus, as an index among all focusable elements of the tab. The caller then draws
   * the tab again, and calls the returned function. This function gives the focus to the element that now has the
   * index.
   */
  private focusMark(): () => void {
    const all = (): HTMLElement[] =>
      [...this.body.getElementsByTagName("*")].filter(
        (node): node is HTMLElement => node instanceof HTMLElement && node.tabIndex >= 0,
      );
    const active = document.activeElement;
    const at = active instanceof HTMLElement && this.body.contains(active) ? all().indexOf(active) : -1;
    return () => {
      if (at >= 0) all()[at]?.focus({ preventScroll: true });
    };
  }

  private drawHeader(): void {
    const { shown } = this;
    const label = this.wide ? t.inspector.panel.narrow : t.inspector.panel.wide;
    const widen = this.actions.button("wide", { class: "button quiet glyph widen", label }, icons.wide());
    const close = this.actions.button("deselect", { class: "button quiet glyph" }, icons.close());
    const title = el("h2", {}, ...titleOf(shown));
    const words = el(
      "div",
      {},
      el("div", { class: "what" }, shown?.what ?? t.inspector.panel.removedWhat),
      title,
      el("div", { class: "nature" }, shown?.nature ?? this.at?.key ?? ""),
    );
    refill(this.header, words, widen, close);
  }

  private currentTab(): Tab | null {
    const tabs = this.shown?.tabs ?? [];
    return tabs.find((tab) => tab.name === this.tab) ?? tabs[0] ?? null;
  }

  private drawTabs(current: Tab | null): void {
    const tabs = this.shown?.tabs ?? [];
    this.tabs.hidden = tabs.length < 2;
    // Nine tabs in rows of four would leave one tab alone in the last row.
    this.tabs.classList.toggle("in-threes", tabs.length % 4 === 1);
    const hadFocus = this.tabs.contains(document.activeElement);
    const buttons = tabs.map((tab) => {
      const on = tab === current;
      const attrs = [
        ["role", "tab"],
        ["aria-selected", String(on)],
        ["tabindex", on ? 0 : -1],
      ] as const;
      return button(tab.title, {
        attrs,
        press: () => {
          this.turnTo(tab);
        },
      });
    });
    for (const [at, tab] of tabs.entries())
      if (tab.count !== null) buttons[at]?.append(el("span", {}, String(tab.count)));
    const left = this.tabs.scrollLeft;
    refill(this.tabs, ...buttons);
    this.tabs.scrollLeft = left;
    if (current?.name !== this.revealed)
      reveal(
        this.tabs,
        buttons.find((made) => made.tabIndex === 0),
      );
    this.revealed = current?.name ?? "";
    if (hadFocus) buttons.find((made) => made.tabIndex === 0)?.focus();
  }

  private turnTo(tab: Tab): void {
    this.body.scrollTop = 0;
    this.events.tab(tab.name);
  }

  get tabsHaveFocus(): boolean {
    return this.tabs.contains(document.activeElement);
  }

  turnTab(by: number): void {
    const tabs = this.shown?.tabs ?? [];
    const current = this.currentTab()?.name;
    const at = tabs.findIndex(({ name }) => name === current);
    const next = tabs[(at + by + tabs.length) % tabs.length];
    if (next !== undefined) this.turnTo(next);
  }

  /**
   * Requests current values of what the inspector shows, and repeats the request before the server lets it expire.
   * While the browser tab is hidden, nothing is requested.
   */
  private watch(): void {
    clearTimeout(this.timer);
    const { subjects = [], bulky = false } = this.currentTab() ?? {};
    if (this.at === null || (subjects.length === 0 && !bulky) || document.hidden) return;
    for (const ns of this.shown?.namespaces ?? []) this.events.watch(this.at.host, ns, subjects, bulky);
    this.timer = window.setTimeout(() => {
      this.watch();
    }, RENEW_MS);
  }

  /** Whether the wide form is shown. A small window only makes the inspector higher. */
  private get isWide(): boolean {
    return this.wide && window.innerWidth >= WIDE_PX;
  }

  turnWide(): void {
    this.wide = !this.wide;
    this.events.wide(this.wide);
    this.draw();
  }
}
