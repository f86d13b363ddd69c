import type { Words } from "../words/en";

/** When an action can be done by its key: where the focus is, and what is shown. The narrowest first: it wins. */
export const WHENS = [
  // The focus is in the search field, on a line that can be copied, on the inspector's tabs, in the outline, on the map.
  "search",
  "line",
  "tabs",
  "outline",
  "map",
  // A panel covers the inspector; something is selected.
  "panel",
  "selected",
  // Something is selected, and nobody types; nobody types.
  "reading",
  "page",
] as const;

export type When = (typeof WHENS)[number];

/** What the map can be told to do. */
export interface MapMoves {
  zoomBy(factor: number): void;
  zoomTo(k: number): void;
  pan(dx: number, dy: number): void;
  fitAll(): void;
}

/** The outline, by the row that has the focus. */
export interface OutlineMoves {
  /** So many rows on, or back; `pages` of what is in sight. */
  step(rows: number): void;
  page(pages: number): void;
  first(): void;
  last(): void;
  /** Opens the row, or goes to its first child; shuts it, or goes to its parent. */
  open(): void;
  shut(): void;
  choose(): void;
}

export interface SearchMoves {
  focus(): void;
  /** Empties the field; leaves it where it was empty. */
  clear(): void;
  step(rows: number): void;
  take(): void;
}

export interface InspectorMoves {
  turnTab(by: number): void;
  turnWide(): void;
}

/** What actions are done to: the page's parts, as far as an action may move them. */
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
  /** Makes the right column larger or smaller, where it is a sheet. */
  nextSheet(): void;
  showKeys(): void;
}

/** Something that a person can do: as data, so that keys, buttons and the list of keys come from one table. */
export interface Action {
  /** Its label is the entry of this name in the catalogues (static/words). */
  readonly name: keyof Words["actions"];
  /** As KeyboardEvent.key has them; empty for an action without a key. */
  readonly keys: readonly string[];
  readonly when: When;
  perform(page: Page): void;
}
