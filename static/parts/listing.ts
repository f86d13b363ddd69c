import { el } from "./dom";
import { copyButton, type Speaker } from "./rows";
import { type Cell, cell, heading } from "./tables";

/** A column of a listing. */
export interface Column {
  readonly head: string;
  readonly numeric?: boolean;
  /**
   * If this is set, the narrow inspector shows the cells of this column on the second line of their row, each after
   * this word. The word can be empty.
   */
  readonly under?: string;
  /**
   * The longest word that fits into the column in the narrow inspector, in characters. All columns of the first line
   * together must fit into 350 px.
   */
  readonly most?: number;
  /** Whether the column takes the width that the others do not need. By default, the first column of text does. */
  readonly rest?: boolean;
  /** The width in the wide inspector, in characters. Without it, the column shares the rest of the width. */
  readonly chars?: number;
}

/** A row of a listing. */
export interface Line {
  readonly cells: readonly Cell[];
  /** The text that the button at the end of the row copies; without it, the row has no button. */
  readonly copy?: string;
}

/** The longest words that fit into a column, in characters: the name of a link, a MAC, a prefix of IPv6. */
const NARROW = 16;
const MIDDLE = 20;
const BROAD = 44;
const WIDE = 80;

/** What a listing needs from the inspector. */
interface Reader extends Speaker {
  readonly wide: boolean;
}

/**
 * A table whose rows have one line in the wide inspector and two lines in the narrow one, because 400 px are too narrow
 * for an IPv6 address beside other columns.
 */
export class Listing {
  readonly element = el("table", { class: "listing" });
  private readonly first: readonly number[];
  private readonly second: readonly number[];
  /** Whether the columns have given widths, so that they are the same in several tables. */
  private readonly isEven: boolean;
  /** The column that takes the width that the others do not need. */
  private readonly rest: number;

  constructor(
    private readonly page: Reader,
    parent: HTMLElement,
    private readonly columns: readonly Column[],
    lines: readonly Line[] = [],
  ) {
    const places = columns.map((_, at) => at);
    const isUnder = (at: number): boolean => !page.wide && columns[at]?.under !== undefined;
    this.first = places.filter((at) => !isUnder(at));
    this.second = places.filter(isUnder);
    this.isEven = page.wide && columns.some(({ chars }) => chars !== undefined);
    if (this.isEven) this.element.append(this.widths());
    const heads = this.first.map((at) => heading(columns[at]?.head ?? "", columns[at]?.numeric === true));
    const isText = (at: number): boolean => columns[at]?.numeric !== true;
    this.rest = this.first.find((at) => columns[at]?.rest === true) ?? this.first.find(isText) ?? 0;
    heads[this.first.indexOf(this.rest)]?.classList.add("rest");
    this.element.append(el("thead", {}, el("tr", {}, ...heads, el("td", { class: "copies" }))));
    this.add(lines);
    parent.append(this.element);
  }

  private widths(): HTMLElement {
    this.element.classList.add("even");
    const columns = this.columns.map(({ chars }) => {
      const made = el("col");
      if (chars !== undefined) made.style.width = `calc(${chars}ch + 8px)`;
      return made;
    });
    return el("colgroup", {}, ...columns, el("col", { class: "copies" }));
  }

  add(lines: readonly Line[]): void {
    for (const line of lines) this.element.append(this.entry(line));
  }

  /** Replaces all rows. */
  refill(lines: readonly Line[]): void {
    for (const body of [...this.element.tBodies]) body.remove();
    this.add(lines);
  }

  /** Makes one row. It is a `tbody`, because in the narrow inspector it has two lines. */
  private entry({ cells, copy }: Line): HTMLTableSectionElement {
    const copies = copy === undefined ? null : copyButton(this.page, copy);
    const first = this.first.map((at) => this.cell(cells[at] ?? "", at));
    const parts = this.second
      .map((at) => part(this.columns[at]?.under ?? "", cells[at] ?? ""))
      .filter((made) => made !== null);
    const span = [["colspan", this.first.length + 1]] as const;
    return el(
      "tbody",
      { class: parts.length === 0 ? "" : "two" },
      el("tr", {}, ...first, el("td", { class: "copies" }, copies)),
      parts.length === 0 ? null : el("tr", {}, el("td", { class: "second", attrs: span }, ...parts)),
    );
  }

  private cell(value: Cell, at: number): HTMLElement {
    const made = cell(value, this.columns[at]?.numeric === true);
    const inner = made.firstElementChild;
    const otherwise = at !== this.rest ? NARROW : this.first.length > 2 ? MIDDLE : BROAD;
    const narrow = this.columns[at]?.most ?? otherwise;
    const most = this.page.wide ? (at === this.rest ? WIDE : BROAD) : narrow;
    // A column of a given width limits its words itself.
    if (inner instanceof HTMLElement) inner.style.maxWidth = this.isEven ? "100%" : `${most}ch`;
    return made;
  }
}

/** Makes a part of the second line; null if it has no text. An element can receive its text later. */
function part(label: string, value: Cell): HTMLElement | null {
  if (value === "" || (typeof value !== "string" && "text" in value && value.text === "")) return null;
  const made = cell(value, false, "span");
  made.classList.add("part");
  if (label !== "") made.prepend(el("span", { class: "quiet" }, `${label} `));
  return made;
}

/** Returns a width for a column that shows these texts, in characters: up to `most`, and enough for a short heading. */
export function widthOf(texts: Iterable<string>, most: number): number {
  let width = 5;
  for (const text of texts) width = Math.max(width, text.length);
  return Math.min(width, most);
}
