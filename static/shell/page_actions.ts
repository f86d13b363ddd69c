import type { Page, When } from "../actions/action";
import type { HostKey } from "../model/hostkey";
import { canCopy, copyLine } from "../parts/rows";
import type { Inspecting } from "./inspecting";
import { keysPanel } from "./keyspanel";
import { changeLanguage } from "./language";
import type { MapPanel } from "./mappanel";
import type { Outline } from "./outline";
import type { Panes } from "./panes";
import type { RightColumn } from "./rightcolumn";
import type { SearchBox } from "./searchbox";
import type { AppState } from "./state";
import type { Theme } from "./theme";

/** The parts of the page that perform actions. */
export interface Parts {
  readonly state: AppState;
  readonly map: MapPanel;
  readonly outline: Outline;
  readonly search: SearchBox;
  readonly inspecting: Inspecting;
  readonly column: RightColumn;
  readonly panes: Panes;
  readonly theme: Theme;
  select(at: HostKey | null): void;
}

/** Connects each action with the parts of the page that perform it. */
export function actionPage(parts: Parts): Page {
  const keys = keysPanel();
  return {
    map: parts.map,
    outline: parts.outline,
    search: parts.search,
    inspector: parts.inspecting,
    copyLine: () => {
      copyLine(document.activeElement);
    },
    show: (pane) => {
      parts.panes.show(pane);
    },
    turnTheme: () => {
      parts.theme.turn();
    },
    changeLanguage,
    selectParent: () => {
      const { at } = parts.state.selection.value;
      const key = at === null ? "" : parts.outline.parentOf(at.key);
      if (at !== null && key !== "") parts.select({ host: at.host, key });
    },
    deselect: () => {
      parts.select(null);
    },
    closePanel: () => {
      parts.column.pop();
    },
    nextSheet: () => {
      parts.column.nextSheet();
    },
    showKeys: () => {
      parts.column.push(keys);
    },
  };
}

/** Returns the conditions that hold now. They decide which action a key performs. */
export function currentConditions({ state, map, outline, search, inspecting, column }: Parts): ReadonlySet<When> {
  const active = document.activeElement;
  const selected = state.selection.value.at !== null;
  const typing = active instanceof HTMLInputElement || active instanceof HTMLSelectElement;
  const whens: readonly (readonly [When, boolean])[] = [
    ["search", search.hasFocus],
    ["line", canCopy(active)],
    ["tabs", inspecting.tabsHaveFocus],
    ["outline", outline.hasFocus],
    ["map", map.hasFocus],
    ["panel", column.isCovered],
    ["selected", selected],
    ["reading", selected && !typing],
    ["page", !typing],
  ];
  return new Set(whens.flatMap(([when, holds]) => (holds ? [when] : [])));
}
