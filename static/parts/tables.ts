import { t } from "../words/current";
import { button, el } from "./dom";
import type { Chooser } from "./rows";
import { unbroken } from "./unbroken";

export type Cell = string | Node | { readonly text: string; readonly class: string };

/** Adds a table to `parent`. A heading that begins with "#" is for a column of numbers. */
export function table(
  parent: HTMLElement,
  heads: readonly string[],
  rows: readonly (readonly Cell[])[],
): HTMLTableSectionElement {
  const body = el("tbody");
  const numeric = heads.map((head) => head.startsWith("#"));
  const cells = heads.map((head, at) => heading(head.replace("#", ""), numeric[at] === true));
  parent.append(el("table", {}, el("thead", {}, el("tr", {}, ...cells)), body));
  for (const line of rows) body.append(tableRow(line, numeric));
  return body;
}

export function heading(text: string, numeric: boolean): HTMLTableCellElement {
  return el("th", { class: numeric ? "num" : "", attrs: [["scope", "col"]] }, text);
}

export function tableRow(line: readonly Cell[], numeric: readonly boolean[] = []): HTMLTableRowElement {
  return el("tr", {}, ...line.map((value, at) => cell(value, numeric[at] === true)));
}

/** Makes a cell of a table, or an element of another kind that looks like one. */
export function cell(value: Cell, numeric: boolean, tag: "td" | "span" = "td"): HTMLElement {
  const isStyled = typeof value !== "string" && !(value instanceof Node);
  const look = isStyled ? value.class : "mono";
  const content = typeof value === "string" ? unbroken(value) : isStyled ? unbroken(value.text) : [value];
  // The inner element limits the width of a long word. A table would otherwise become as wide as its longest word.
  const inner = tag === "td" ? [el("span", { class: "fit" }, ...content)] : content;
  return el(tag, { class: numeric ? `num ${look}` : look }, ...inner);
}

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
