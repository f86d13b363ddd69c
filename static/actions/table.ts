import type { Action } from "./action";

const ZOOM = 1.25;
/** How far an arrow key moves the map, in pixels. */
const STEP = 64;

/** Everything that can be done on the page of a map. */
export const ACTIONS = [
  {
    name: "search",
    label: "Search",
    keys: ["/"],
    when: "page",
    perform: ({ search }) => {
      search.focus();
    },
  },
  {
    name: "clear-search",
    label: "Empty the search field, then leave it",
    keys: ["Escape"],
    when: "search",
    perform: ({ search }) => {
      search.clear();
    },
  },
  {
    name: "next-found",
    label: "Next of what was found",
    keys: ["ArrowDown"],
    when: "search",
    perform: ({ search }) => {
      search.step(1);
    },
  },
  {
    name: "previous-found",
    label: "Previous of what was found",
    keys: ["ArrowUp"],
    when: "search",
    perform: ({ search }) => {
      search.step(-1);
    },
  },
  {
    name: "take-found",
    label: "Select what was found",
    keys: ["Enter"],
    when: "search",
    perform: ({ search }) => {
      search.take();
    },
  },
  {
    name: "zoom-in",
    label: "Larger",
    keys: ["+", "="],
    when: "map",
    perform: ({ map }) => {
      map.zoomBy(ZOOM);
    },
  },
  {
    name: "zoom-out",
    label: "Smaller",
    keys: ["-"],
    when: "map",
    perform: ({ map }) => {
      map.zoomBy(1 / ZOOM);
    },
  },
  {
    name: "zoom-full",
    label: "Zoom to 100 %",
    keys: ["1"],
    when: "map",
    perform: ({ map }) => {
      map.zoomTo(1);
    },
  },
  {
    name: "fit",
    label: "Show everything",
    keys: ["0"],
    when: "map",
    perform: ({ map }) => {
      map.fitAll();
    },
  },
  {
    name: "pan-left",
    label: "Move the map left",
    keys: ["ArrowLeft"],
    when: "map",
    perform: ({ map }) => {
      map.pan(STEP, 0);
    },
  },
  {
    name: "pan-right",
    label: "Move the map right",
    keys: ["ArrowRight"],
    when: "map",
    perform: ({ map }) => {
      map.pan(-STEP, 0);
    },
  },
  {
    name: "pan-up",
    label: "Move the map up",
    keys: ["ArrowUp"],
    when: "map",
    perform: ({ map }) => {
      map.pan(0, STEP);
    },
  },
  {
    name: "pan-down",
    label: "Move the map down",
    keys: ["ArrowDown"],
    when: "map",
    perform: ({ map }) => {
      map.pan(0, -STEP);
    },
  },
  {
    name: "next-row",
    label: "Next row",
    keys: ["ArrowDown"],
    when: "outline",
    perform: ({ outline }) => {
      outline.step(1);
    },
  },
  {
    name: "previous-row",
    label: "Previous row",
    keys: ["ArrowUp"],
    when: "outline",
    perform: ({ outline }) => {
      outline.step(-1);
    },
  },
  {
    name: "next-rows",
    label: "A page of rows down",
    keys: ["PageDown"],
    when: "outline",
    perform: ({ outline }) => {
      outline.page(1);
    },
  },
  {
    name: "previous-rows",
    label: "A page of rows up",
    keys: ["PageUp"],
    when: "outline",
    perform: ({ outline }) => {
      outline.page(-1);
    },
  },
  {
    name: "first-row",
    label: "First row",
    keys: ["Home"],
    when: "outline",
    perform: ({ outline }) => {
      outline.first();
    },
  },
  {
    name: "last-row",
    label: "Last row",
    keys: ["End"],
    when: "outline",
    perform: ({ outline }) => {
      outline.last();
    },
  },
  {
    name: "open-row",
    label: "Open a row, then its first child",
    keys: ["ArrowRight"],
    when: "outline",
    perform: ({ outline }) => {
      outline.open();
    },
  },
  {
    name: "shut-row",
    label: "Close a row, then its parent",
    keys: ["ArrowLeft"],
    when: "outline",
    perform: ({ outline }) => {
      outline.shut();
    },
  },
  {
    name: "choose-row",
    label: "Select the row",
    keys: ["Enter", " "],
    when: "outline",
    perform: ({ outline }) => {
      outline.choose();
    },
  },
  {
    name: "next-tab",
    label: "Next tab",
    keys: ["ArrowRight"],
    when: "tabs",
    perform: ({ inspector }) => {
      inspector.turnTab(1);
    },
  },
  {
    name: "previous-tab",
    label: "Previous tab",
    keys: ["ArrowLeft"],
    when: "tabs",
    perform: ({ inspector }) => {
      inspector.turnTab(-1);
    },
  },
  {
    name: "copy-line",
    label: "Copy the line",
    keys: ["Enter", "c"],
    when: "line",
    perform: (page) => {
      page.copyLine();
    },
  },
  {
    name: "wide",
    label: "Wide or narrow inspector",
    keys: ["w"],
    when: "reading",
    perform: ({ inspector }) => {
      inspector.turnWide();
    },
  },
  {
    name: "select-parent",
    label: "Select what holds it",
    keys: ["u"],
    when: "reading",
    perform: (page) => {
      page.selectParent();
    },
  },
  {
    name: "close-panel",
    label: "Close the panel",
    keys: ["Escape"],
    when: "panel",
    perform: (page) => {
      page.closePanel();
    },
  },
  {
    name: "deselect",
    label: "Close the inspector",
    keys: ["Escape"],
    when: "selected",
    perform: (page) => {
      page.deselect();
    },
  },
  {
    name: "keys",
    label: "List of keys",
    keys: ["?"],
    when: "page",
    perform: (page) => {
      page.showKeys();
    },
  },
  {
    name: "sheet",
    label: "Larger or smaller",
    keys: [],
    when: "page",
    perform: (page) => {
      page.nextSheet();
    },
  },
  {
    name: "show-map",
    label: "Map",
    keys: [],
    when: "page",
    perform: (page) => {
      page.show("map");
    },
  },
  {
    name: "show-outline",
    label: "Outline",
    keys: [],
    when: "page",
    perform: (page) => {
      page.show("outline");
    },
  },
  {
    name: "show-search",
    label: "Search",
    keys: [],
    when: "page",
    perform: (page) => {
      page.show("search");
    },
  },
  {
    name: "theme",
    label: "Light or dark colours",
    keys: [],
    when: "page",
    perform: (page) => {
      page.turnTheme();
    },
  },
] as const satisfies readonly Action[];

export type ActionName = (typeof ACTIONS)[number]["name"];
