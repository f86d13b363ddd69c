import { t } from "../words/current";
import type { Action } from "./action";

const ZOOM = 1.25;
/** The distance that one press of an arrow key moves the map, in pixels. */
const STEP = 64;

/** All actions of the page that shows the map. */
export const ACTIONS = [
  {
    name: "search",
    keys: ["/"],
    when: "page",
    perform: ({ search }) => {
      search.focus();
    },
  },
  {
    name: "clear-search",
    keys: ["Escape"],
    when: "search",
    perform: ({ search }) => {
      search.clear();
    },
  },
  {
    name: "end-search",
    keys: [],
    when: "page",
    perform: ({ search }) => {
      search.end();
    },
  },
  {
    name: "next-found",
    keys: ["ArrowDown"],
    when: "search",
    perform: ({ search }) => {
      search.step(1);
    },
  },
  {
    name: "previous-found",
    keys: ["ArrowUp"],
    when: "search",
    perform: ({ search }) => {
      search.step(-1);
    },
  },
  {
    name: "take-found",
    keys: ["Enter"],
    when: "search",
    perform: ({ search }) => {
      search.take();
    },
  },
  {
    name: "zoom-in",
    keys: ["+", "="],
    when: "page",
    perform: ({ map }) => {
      map.zoomBy(ZOOM);
    },
  },
  {
    name: "zoom-out",
    keys: ["-"],
    when: "page",
    perform: ({ map }) => {
      map.zoomBy(1 / ZOOM);
    },
  },
  {
    name: "zoom-full",
    keys: ["1"],
    when: "page",
    perform: ({ map }) => {
      map.zoomTo(1);
    },
  },
  {
    name: "fit",
    keys: ["0"],
    when: "page",
    perform: ({ map }) => {
      map.fitAll();
    },
  },
  {
    name: "pan-left",
    keys: ["ArrowLeft"],
    when: "map",
    perform: ({ map }) => {
      map.pan(STEP, 0);
    },
  },
  {
    name: "pan-right",
    keys: ["ArrowRight"],
    when: "map",
    perform: ({ map }) => {
      map.pan(-STEP, 0);
    },
  },
  {
    name: "pan-up",
    keys: ["ArrowUp"],
    when: "map",
    perform: ({ map }) => {
      map.pan(0, STEP);
    },
  },
  {
    name: "pan-down",
    keys: ["ArrowDown"],
    when: "map",
    perform: ({ map }) => {
      map.pan(0, -STEP);
    },
  },
  {
    name: "next-row",
    keys: ["ArrowDown"],
    when: "outline",
    perform: ({ outline }) => {
      outline.step(1);
    },
  },
  {
    name: "previous-row",
    keys: ["ArrowUp"],
    when: "outline",
    perform: ({ outline }) => {
      outline.step(-1);
    },
  },
  {
    name: "next-rows",
    keys: ["PageDown"],
    when: "outline",
    perform: ({ outline }) => {
      outline.page(1);
    },
  },
  {
    name: "previous-rows",
    keys: ["PageUp"],
    when: "outline",
    perform: ({ outline }) => {
      outline.page(-1);
    },
  },
  {
    name: "first-row",
    keys: ["Home"],
    when: "outline",
    perform: ({ outline }) => {
      outline.first();
    },
  },
  {
    name: "last-row",
    keys: ["End"],
    when: "outline",
    perform: ({ outline }) => {
      outline.last();
    },
  },
  {
    name: "open-row",
    keys: ["ArrowRight"],
    when: "outline",
    perform: ({ outline }) => {
      outline.open();
    },
  },
  {
    name: "shut-row",
    keys: ["ArrowLeft"],
    when: "outline",
    perform: ({ outline }) => {
      outline.shut();
    },
  },
  {
    name: "choose-row",
    keys: ["Enter", " "],
    when: "outline",
    perform: ({ outline }) => {
      outline.choose();
    },
  },
  {
    name: "next-tab",
    keys: ["ArrowRight"],
    when: "tabs",
    perform: ({ inspector }) => {
      inspector.turnTab(1);
    },
  },
  {
    name: "previous-tab",
    keys: ["ArrowLeft"],
    when: "tabs",
    perform: ({ inspector }) => {
      inspector.turnTab(-1);
    },
  },
  {
    name: "copy-line",
    keys: ["Enter", "c"],
    when: "line",
    perform: (page) => {
      page.copyLine();
    },
  },
  {
    name: "wide",
    keys: ["w"],
    when: "reading",
    perform: ({ inspector }) => {
      inspector.turnWide();
    },
  },
  {
    name: "select-parent",
    keys: ["u"],
    when: "reading",
    perform: (page) => {
      page.selectParent();
    },
  },
  {
    name: "close-panel",
    keys: ["Escape"],
    when: "panel",
    perform: (page) => {
      page.closePanel();
    },
  },
  {
    name: "deselect",
    keys: ["Escape"],
    when: "selected",
    perform: (page) => {
      page.deselect();
    },
  },
  {
    name: "keys",
    keys: ["?"],
    when: "page",
    perform: (page) => {
      page.showKeys();
    },
  },
  {
    name: "sheet",
    keys: [],
    when: "page",
    perform: (page) => {
      page.nextSheet();
    },
  },
  {
    name: "show-map",
    keys: [],
    when: "page",
    perform: (page) => {
      page.show("map");
    },
  },
  {
    name: "show-outline",
    keys: [],
    when: "page",
    perform: (page) => {
      page.show("outline");
    },
  },
  {
    name: "show-search",
    keys: [],
    when: "page",
    perform: (page) => {
      page.show("search");
    },
  },
  {
    name: "theme",
    keys: [],
    when: "page",
    perform: (page) => {
      page.turnTheme();
    },
  },
  {
    name: "language",
    keys: [],
    when: "page",
    perform: (page) => {
      page.changeLanguage();
    },
  },
] as const satisfies readonly Action[];

export type ActionName = (typeof ACTIONS)[number]["name"];

/** Returns the label of an action in the language of the page. */
export function labelOf(name: ActionName): string {
  return t.actions[name];
}
