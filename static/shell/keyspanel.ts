import { keyList } from "../actions/keys";
import { ACTIONS } from "../actions/table";
import { el } from "../parts/dom";
import { t } from "../words/current";
import type { Panel } from "./rightcolumn";

/** Makes the list of all keyboard shortcuts from the table of actions. */
export function keyGroups(): readonly HTMLElement[] {
  return keyList(ACTIONS).map(({ title, rows }) => {
    const lines = rows.map(({ keys, label }) => {
      const names = keys.map((key) => el("kbd", {}, key));
      return el("div", { class: "row" }, el("span", { class: "key" }, ...names), el("span", { class: "val" }, label));
    });
    return el("section", { class: "group keys" }, el("h3", {}, title), ...lines);
  });
}

/** Makes the panel of the right column that lists all keyboard shortcuts. */
export function keysPanel(): Panel {
  return { name: t.keys.title, body: el("div", {}, ...keyGroups()) };
}
