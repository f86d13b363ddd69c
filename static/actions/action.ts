import type { Words } from "../words/en";

/** When a key performs an action: where the focus is, and what is shown. The first that holds wins. */
export const WHENS = [
  // The focus is in the search field, on a line that can be copied, on a tab, in the outline, on the map.
  "search",
  "line",
  "tabs",
  "outline",
  "map",
  // "panel": a panel covers the inspector. "selected": something is selected.
  "panel",
  "selected",
  // The focus is not in a field; with "reading", something is selected.
  "reading",
  "page",
] as const;

export type When = (typeof WHENS)[number];

/** What actions do with the map. */
export interface MapMoves {
  zoomBy(factor: number): void;
  zoomTo(k: number): void;
  pan(dx: number, dy: number): void;
  fitAll(): void;
}

/** What actions do with the outline, from the row that has the focus. */
export interface OutlineMoves {
  /** Moves by rows, or by pages of visible rows; a negative number moves back. */
  step(rows: number): void;
  page(pages: number): void;
  first(): void;
  last(): void;
  /** Expands the row, or moves to its first child; collapses it, or moves to its parent. */
  open(): void;
  shut(): void;
  choose(): void;
}

export interface SearchMoves {
  focus(): void;
  /** Clears the field; leaves it if it is empty. */
  clear(): void;
  step(rows: number): void;
  take(): void;
}

export interface InspectorMoves {
  turnTab(by: number): void;
  turnWide(): void;
}

/** What actions are performed on: the parts of the page. */
export interface Page {
  readonly map: MapMoves;
  readonly outline: OutlineMoves;
  readonly search: SearchMoves;
  readonly inspector: InspectorMoves;
  /** Copies the line that has the focus. */
  copyLine(): void;
  show(pane: "map" | "outline" | "search"): void;
  turnTheme(): void;
  /** Shows the page in the other language. */
  changeLanguage(): void;
  selectParent(): void;
  deselect(): void;
  /** Closes the topmost panel of the right column. */
  closePanel(): void;
  /** Changes the height of the right column where it is a sheet. */
  nextSheet(): void;
  showKeys(): void;
}

/** Something that a person can do, as data: keys, buttons and the list of keys come from one table. */
export interface Action {
  /** Its label is the entry of this name in the catalogues (static/words). */
  readonly name: keyof Words["actions"];
  /** Values of KeyboardEvent.key; empty for an action without a key. */
  readonly keys: readonly string[];
  readonly when: When;
  perform(page: Page): void;
}
