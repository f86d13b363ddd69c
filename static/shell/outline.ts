import type { OutlineMoves } from "../actions/action";
import { isDown } from "../model/facts";
import type { HostKey } from "../model/hostkey";
import { formOf, isBar, toneOf } from "../model/kinds";
import { isAnonymous } from "../model/labels";
import type { Store } from "../model/store";
import { el, refill } from "../parts/dom";
import { bridgeGlyph, chipGlyph, icons, namespaceGlyph } from "../parts/icons";
import type { Namespace } from "../wire/schema";
import { t } from "../words/current";
import type { Row, Tree } from "./tree";

/** The number of rows above and below the visible rows that also have HTML elements. */
const SPARE = 12;
/** The number of namespaces above which bridges are collapsed at first. */
const MANY = 60;

/**
 * The outline: a tree of everything on the map, for keyboard and pointer. Only the visible rows and a few rows around
 * them have HTML elements, so the size of the host does not matter.
 */
export class Outline implements OutlineMoves {
  readonly element: HTMLElement;
  private readonly tree: HTMLElement;
  private readonly sizer: HTMLElement;
  private readonly total = el("span");
  private rows: readonly Row[] = [];
  private readonly elements = new Map<string, HTMLElement>();
  private readonly turned = new Map<string, boolean>();
  private selected = "";
  private focused = "";
  private found: ReadonlySet<string> | null = null;
  private model: Tree | null = null;
  private store: Store | null = null;
  private host = "";
  private timer = 0;

  constructor(
    private readonly select: (at: HostKey) => void,
    private readonly point: (key: string) => void,
  ) {
    this.sizer = el("div", { attrs: [["role", "none"]] });
    this.tree = el(
      "div",
      {
        class: "tree",
        attrs: [
          ["role", "tree"],
          ["aria-label", t.page.outline],
        ],
      },
      this.sizer,
    );
    this.element = el(
      "section",
      { class: "outline", attrs: [["aria-label", t.page.outlineOfHost]] },
      el("div", { class: "caption" }, el("span", {}, t.page.outline), this.total),
      this.tree,
    );
    this.tree.addEventListener("scroll", () => {
      this.draw();
    });
    this.tree.addEventListener("pointerleave", () => {
      this.point("");
    });
    new ResizeObserver(() => {
      this.draw();
    }).observe(this.tree);
  }

  /** Shows the tree of a host. */
  setModel(model: Tree, store: Store, host: string): void {
    this.model = model;
    this.store = store;
    this.host = host;
    this.refresh();
  }

  /**
   * Schedules a new computation of the rows. For a large host, this does not happen after every message from the
   * server.
   */
  refresh(): void {
    this.timer ||= window.setTimeout(
      () => {
        this.timer = 0;
        this.recompute();
      },
      this.isLarge() ? 200 : 16,
    );
  }

  /** Returns the key of the parent row; empty for a row of the first level. */
  parentOf(key: string): string {
    return this.model?.parentOf(key) ?? "";
  }

  setFound(found: ReadonlySet<string> | null): void {
    this.found = found;
    this.draw();
  }

  /** Marks the selection, expands the rows above it, and scrolls to it. For an empty key, no row is marked. */
  setSelected(key: string): void {
    const ref = this.model?.rowOf(key) ?? key;
    this.selected = ref;
    if (ref === "") return this.refresh();
    const known = this.rows.find((row) => row.ref === ref);
    if (known === undefined && this.model !== null) {
      const way = this.model.wayTo(ref);
      for (const id of way.slice(0, -1)) this.turned.set(id, true);
    }
    this.recompute();
    const at = this.rows.findIndex((row) => row.ref === ref);
    const row = this.rows[at];
    if (row === undefined) return;
    this.focused = row.id;
    this.bring(at);
  }

  private isOpen(id: string, depth: number): boolean {
    return this.turned.get(id) ?? (depth === 0 ? !this.isLeafRoot(id) : depth === 1 && !this.isLarge());
  }

  /** Whether a row of the first level is collapsed at first. This is so for every row except that of the host. */
  private isLeafRoot(id: string): boolean {
    const ground = this.store?.ground?.id ?? "";
    return id !== `>ns/${ground}`;
  }

  private isLarge(): boolean {
    return (this.store?.total("ns") ?? 0) > MANY;
  }

  private recompute(): void {
    if (this.model === null || this.store === null) return;
    this.rows = this.model.rows((id, depth) => this.isOpen(id, depth));
    this.total.textContent = t.page.namespacesShort(this.store.total("ns"));
    if (!this.rows.some((row) => row.id === this.focused)) this.focused = this.rows[0]?.id ?? "";
    this.draw();
  }

  private rowHeight(): number {
    return matchMedia("(max-width: 760px)").matches ? 40 : 24;
  }

  private draw(): void {
    const height = this.rowHeight();
    this.sizer.style.height = `${this.rows.length * height}px`;
    const first = Math.max(0, Math.floor(this.tree.scrollTop / height) - SPARE);
    const last = Math.ceil((this.tree.scrollTop + this.tree.clientHeight) / height) + SPARE;
    const shown = new Set<string>();
    for (let at = first; at < Math.min(this.rows.length, last); at++) {
      const row = this.rows[at];
      if (row === undefined) continue;
      shown.add(row.id);
      const element = this.elements.get(row.id) ?? this.make(row.id);
      this.fill(element, row);
      element.style.top = `${at * height}px`;
    }
    for (const [id, element] of this.elements) {
      if (shown.has(id)) continue;
      element.remove();
      this.elements.delete(id);
    }
  }

  private make(id: string): HTMLElement {
    const element = el("div", { attrs: [["role", "treeitem"]] });
    const row = (): Row | undefined => this.rows.find((known) => known.id === id);
    element.addEventListener("click", (event) => {
      const now = row();
      if (now === undefined) return;
      this.focused = id;
      if (event.target instanceof Element && event.target.closest(".twisty") !== null && now.open !== null)
        this.turn(now, !now.open);
      else this.selectRow(now);
    });
    element.addEventListener("dblclick", () => {
      const now = row();
      if (now !== undefined && now.open !== null) this.turn(now, !now.open);
    });
    element.addEventListener("pointerenter", () => {
      this.point(row()?.ref ?? "");
    });
    this.elements.set(id, element);
    this.tree.append(element);
    return element;
  }

  private fill(element: HTMLElement, row: Row): void {
    element.dataset["ref"] = row.ref;
    element.ariaLevel = String(row.depth + 1);
    element.ariaPosInSet = String(row.position);
    element.ariaSetSize = String(row.siblings);
    element.ariaExpanded = row.open === null ? null : String(row.open);
    element.ariaSelected = String(row.ref === this.selected);
    element.tabIndex = row.id === this.focused ? 0 : -1;
    element.className = this.found?.has(row.ref) === true ? "found" : "";
    element.style.paddingLeft = `${8 + row.depth * 16}px`;
    const { link, namespace } = row;
    const look = link === null ? namespace !== null && this.isAnonymous(namespace) : `${link.kind} ${isDown(link)}`;
    const sign = [row.open, row.name, row.value, row.warnings, look].join("\n");
    if (element.dataset["sign"] === sign) return;
    element.dataset["sign"] = sign;
    const twisty = el("span", { class: "twisty" }, row.open === null ? null : row.open ? icons.down() : icons.right());
    const name = el(
      "span",
      { class: row.kind === "namespace" ? "name ns" : "name link", attrs: [["title", row.name]] },
      row.name,
    );
    const badge = row.warnings === 0 ? null : el("span", { class: "badge warn" }, String(row.warnings));
    const value = el("span", { class: "value", attrs: [["title", row.value]] }, row.value);
    refill(element, twisty, this.glyph(row), name, value, badge);
  }

  private isAnonymous(namespace: Namespace): boolean {
    return this.store !== null && isAnonymous(this.store, namespace);
  }

  private glyph({ link, namespace }: Row): Element {
    if (link === null) return namespaceGlyph(namespace !== null && this.isAnonymous(namespace));
    if (isBar(link.kind)) return bridgeGlyph();
    const tone = toneOf(link.kind);
    return chipGlyph(tone, formOf(tone), isDown(link));
  }

  private selectRow(row: Row): void {
    this.select({ host: this.host, key: row.ref });
  }

  private turn(row: Row, open: boolean): void {
    this.turned.set(row.id, open);
    this.recompute();
    this.elements.get(this.focused)?.focus();
  }

  /** Scrolls until a row is visible. */
  private bring(at: number): void {
    const height = this.rowHeight();
    const { scrollTop, clientHeight } = this.tree;
    if (at * height < scrollTop) this.tree.scrollTop = Math.max(0, at * height - height);
    else if ((at + 1) * height > scrollTop + clientHeight) this.tree.scrollTop = (at + 2) * height - clientHeight;
    this.draw();
  }

  private focusAt(at: number): void {
    const row = this.rows[Math.min(Math.max(0, at), this.rows.length - 1)];
    if (row === undefined) return;
    this.focused = row.id;
    this.bring(this.rows.indexOf(row));
    this.elements.get(row.id)?.focus();
  }

  // -- functions for the keyboard shortcuts of the outline

  get hasFocus(): boolean {
    return this.tree.contains(document.activeElement);
  }

  private get at(): number {
    return this.rows.findIndex((row) => row.id === this.focused);
  }

  private get row(): Row | null {
    return this.rows[this.at] ?? null;
  }

  step(rows: number): void {
    this.focusAt(this.at + rows);
  }

  page(pages: number): void {
    this.step(pages * Math.max(1, Math.floor(this.tree.clientHeight / this.rowHeight()) - 1));
  }

  first(): void {
    this.focusAt(0);
  }

  last(): void {
    this.focusAt(this.rows.length - 1);
  }

  open(): void {
    const { row } = this;
    if (row?.open === false) this.turn(row, true);
    else if (row?.open === true) this.step(1);
  }

  shut(): void {
    const { row } = this;
    if (row?.open === true) this.turn(row, false);
    else if (row !== null) this.focusAt(this.rows.findIndex(({ id }) => id === row.parent));
  }

  choose(): void {
    if (this.row !== null) this.selectRow(this.row);
  }
}
