import type { Words } from "../words/en";

/**
 * The conditions under which a key performs an action: where the focus is, and what is shown. If several conditions
 * hold, the first one in this list wins.
 */
export const WHENS = [
  // The first five conditions say where the focus is: in the search field, on a line that can be copied, on a tab, in
  // the outline, or on the map.
  "search",
  "line",
  "tabs",
  "outline",
  "map",
  // "panel": a panel covers the inspector. "selected": something is selected.
  "panel",
  "selected",
  // "page" holds if the focus is not in a field where a person types or chooses. "reading" holds if, in addition,
  // something is selected.
  "reading",
  "page",
] as const;

export type When = (typeof WHENS)[number];

/** The functions of the map that an action can call. */
export interface MapMoves {
  zoomBy(factor: number): void;
  zoomTo(k: number): void;
  pan(dx: number, dy: number): void;
  fitAll(): void;
}

/** The functions of the outline that an action can call. They start from the row that has the keyboard focus. */
export interface OutlineMoves {
  /**
   * Moves the focus down by a number of rows (`step`) or of pages of visible rows (`page`). A negative number moves it
   * up.
   */
  step(rows: number): void;
  page(pages: number): void;
  first(): void;
  last(): void;
  /**
   * `open` expands the row, or moves to its first child if the row is already expanded. `shut` collapses the row, or
   * moves to its parent if the row is already collapsed.
   */
  open(): void;
  shut(): void;
  choose(): void;
}

export interface SearchMoves {
  focus(): void;
  /** Clears the search field. If the field is already empty, the focus moves out of it. */
  clear(): void;
  /** Ends the search: its results are no longer highlighted on the map. */
  end(): void;
  step(rows: number): void;
  take(): void;
}

export interface InspectorMoves {
  turnTab(by: number): void;
  turnWide(): void;
}

/** The functions of the page that an action can call, grouped by the part of the page that has them. */
export interface Page {
  readonly map: MapMoves;
  readonly outline: OutlineMoves;
  readonly search: SearchMoves;
  readonly inspector: InspectorMoves;
  /** Copies the line that has the focus. */
  copyLine(): void;
  show(pane: "map" | "outline" | "search"): void;
  turnTheme(): void;
  /** Shows the page in the other language (English or Chinese). */
  changeLanguage(): void;
  selectParent(): void;
  deselect(): void;
  /** Closes the panel that is on top in the right column. */
  closePanel(): void;
  /** Changes the height of the right column on a small screen, where the column is a sheet at the bottom. */
  nextSheet(): void;
  showKeys(): void;
}

/**
 * Something that a person can do on the page, as data. Keys, buttons and the list of keys are made from one table of
 * actions.
 */
export interface Action {
  /** The name of the action. The catalogues (static/words) have the action's label under this name. */
  readonly name: keyof Words["actions"];
  /** The keys that perform the action, as values of KeyboardEvent.key; empty for an action without a key. */
  readonly keys: readonly string[];
  readonly when: When;
  perform(page: Page): void;
}
