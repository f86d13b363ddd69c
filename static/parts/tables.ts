import { t } from "../words/current";
import { button, el } from "./dom";
import type { Chooser } from "./rows";

export type Cell = string | Node | { readonly text: string; readonly class: string };

/** Adds a table to `parent`. A heading that begins with "#" is for a column of numbers. */
export function table(
  parent: HTMLElement,
  heads: readonly string[],
  rows: readonly (readonly Cell[])[],
): HTMLTableSectionElement {
  const body = el("tbody");
  const numeric = heads.map((head) => head.startsWith("#"));
  const cells = heads.map((head, at) =>
    el("th", { class: numeric[at] === true ? "num" : "", attrs: [["scope", "col"]] }, head.replace("#", "")),
  );
  parent.append(el("table", {}, el("thead", {}, el("tr", {}, ...cells)), body));
  for (const line of rows) body.append(tableRow(line, numeric));
  return body;
}

export function tableRow(line: readonly Cell[], numeric: readonly boolean[] = [], look = ""): HTMLTableRowElement {
  return el("tr", { class: look }, ...line.map((value, at) => cell(value, numeric[at] === true)));
}

function cell(value: Cell, numeric: boolean): HTMLTableCellElement {
  if (typeof value !== "string" && !(value instanceof Node))
    return el("td", { class: `${numeric ? "num " : ""}${value.class}` }, value.text);
  return el("td", { class: numeric ? "num mono" : "mono" }, value);
}

/** The number of rows of a table that are shown at first. */
const PAGEFUL = 400;

/** Returns the first rows of a long list, or all of them after a click on the button below the table. */
export function firstOf<T>(page: Chooser, part: HTMLElement, name: string, all: readonly T[]): readonly T[] {
  if (all.length <= PAGEFUL || page.choice(`all ${name}`, "") !== "") return all;
  const text = t.page.showMore(all.length - PAGEFUL);
  // The button is added later, because the caller has not yet appended the table above it.
  queueMicrotask(() => {
    part.append(
      button(text, {
        class: "button small more",
        press: () => {
          page.choose(`all ${name}`, "yes");
        },
      }),
    );
  });
  return all.slice(0, PAGEFUL);
}
