import type { SearchMoves } from "../actions/action";
import type { HostKey } from "../model/hostkey";
import { el, refill } from "../parts/dom";
import { icons } from "../parts/icons";
import type { Stores } from "../sources/stores";
import { t } from "../words/current";
import { type Found, search } from "../words/search";
import type { PortSearch } from "./portsearch";

const SHOWN = 12;

/** A search result and the host on which it was found. */
export interface FoundOn extends Found {
  readonly host: string;
}

/** The search field. Its results are listed below it and highlighted on the map. */
export class SearchBox implements SearchMoves {
  readonly element: HTMLElement;
  private readonly field: HTMLInputElement;
  private readonly list: HTMLElement;
  private readonly key = el("kbd", { attrs: [["aria-hidden", "true"]] }, "/");
  private found: readonly FoundOn[] = [];
  private active = -1;
  private timer = 0;
  /** Whether the results are highlighted on the map. */
  private isLit = false;

  /**
   * `light` highlights the results on the map, null ends this. `leave` moves the focus out of the field, to the map.
   */
  constructor(
    private readonly stores: Stores,
    private readonly ports: PortSearch,
    private readonly select: (at: HostKey) => void,
    private readonly light: (found: readonly FoundOn[] | null) => void,
    private readonly leave: () => void,
  ) {
    const combo = [
      ["role", "combobox"],
      ["aria-expanded", "false"],
      ["aria-controls", "results"],
      ["aria-autocomplete", "list"],
    ] as const;
    this.field = el("input", {
      class: "field",
      attrs: [...combo, ["type", "search"], ["placeholder", t.search.hint], ["aria-label", t.search.label]],
    });
    this.list = el("div", {
      class: "results",
      attrs: [
        ["role", "listbox"],
        ["aria-label", t.search.results],
        ["id", "results"],
        ["hidden", ""],
      ],
    });
    this.element = el("div", { class: "search" }, icons.search(), this.field, this.key, this.list);
    this.field.addEventListener("input", () => {
      this.later();
      this.ports.want(this.field.value);
    });
    this.field.addEventListener("focus", () => {
      this.ports.want(this.field.value);
      this.run();
    });
    this.field.addEventListener("blur", () => {
      this.show();
    });
  }

  /** Searches again after the data of a host has changed, while the results are highlighted. */
  refresh(): void {
    if (this.isLit) this.later();
  }

  private later(): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      this.run();
    }, 80);
  }

  private run(): void {
    const query = this.field.value;
    this.key.hidden = query !== "";
    this.found = this.stores.hosts.flatMap((host) =>
      search(this.stores.of(host), query, this.ports.of(host)).map((found) => ({ ...found, host })),
    );
    this.active = -1;
    this.setLit(query.trim() !== "");
    this.show();
  }

  private setLit(lit: boolean): void {
    this.isLit = lit;
    this.light(lit && this.found.length > 0 ? this.found : null);
  }

  private show(): void {
    const query = this.field.value.trim();
    this.list.hidden = query === "" || document.activeElement !== this.field;
    this.field.ariaExpanded = String(!this.list.hidden);
    const rows = this.found.slice(0, SHOWN).map((found, at) => this.row(found, at));
    const more = this.found.length - rows.length;
    const ports = this.ports.words(query);
    const nothing = this.found.length === 0 && ports === null ? t.search.nothing : null;
    const sums = [nothing, more > 0 ? t.search.more(more) : null, ports].filter((words) => words !== null);
    refill(this.list, ...rows, ...sums.map((words) => el("div", { class: "sum" }, words)));
  }

  private row(found: FoundOn, at: number): HTMLElement {
    const option = el(
      "div",
      {
        class: "result",
        attrs: [
          ["role", "option"],
          ["id", `result-${at}`],
          ["aria-selected", String(at === this.active)],
        ],
      },
      el("span", {}, found.title),
      el("span", { class: "place" }, found.place),
      el("span", { class: "reason" }, found.reason),
    );
    option.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.choose(found);
    });
    return option;
  }

  /** Selects a result. The other results are no longer highlighted; the field keeps its text for the next search. */
  private choose(found: FoundOn): void {
    this.end();
    this.select({ host: found.host, key: found.ref });
    this.leave();
  }

  /** Ends the search: the map shows everything again. */
  end(): void {
    clearTimeout(this.timer);
    this.ports.want("");
    this.setLit(false);
    this.list.hidden = true;
  }

  // -- functions for the keyboard shortcuts of the search field

  get hasFocus(): boolean {
    return document.activeElement === this.field;
  }

  focus(): void {
    this.field.focus();
    this.field.select();
  }

  /** Clears the search field. If the field is already empty, moves the focus out of it. */
  clear(): void {
    if (this.field.value === "") this.leave();
    this.field.value = "";
    this.ports.want("");
    this.run();
  }

  /** Selects the chosen search result, or the first one if none is chosen. */
  take(): void {
    const chosen = this.found[Math.max(0, this.active)];
    if (chosen !== undefined) this.choose(chosen);
  }

  step(rows: number): void {
    const count = Math.min(SHOWN, this.found.length);
    if (count === 0) return;
    const from = this.active < 0 && rows < 0 ? 0 : this.active;
    this.active = (from + rows + count) % count;
    this.show();
    this.field.setAttribute("aria-activedescendant", `result-${this.active}`);
  }
}
