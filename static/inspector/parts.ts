import { button, copyText, el } from "../parts/dom";
import type { Store } from "../model/store";
import { icons } from "../parts/icons";
import type { StateBook, Subject } from "./statebook";

/** What the parts of a tab are built with. */
export interface Page {
  readonly store: Store;
  readonly book: StateBook;
  readonly body: HTMLElement;
  readonly wide: boolean;
  /** Selects something else. */
  go(ref: string): void;
  /** Keeps a part up to date with the state frames: called now and at each of them. */
  live(update: () => void): void;
  /** A choice inside the tab (a family, a chain) that holds while the same thing is selected. */
  choice(name: string, first: string): string;
  choose(name: string, value: string): void;
  say(text: string): void;
  /** Asks for what runs by itself at once, before its time. */
  look(subject: Subject): void;
}

export type Cell = string | Node | { readonly text: string; readonly class: string };

/** A part with a title and a remark at its right. */
export function group(page: Page, title: string, remark = ""): HTMLElement {
  const heading = el("h3", {}, title, remark === "" ? null : el("small", {}, remark));
  const made = el("section", { class: "group" }, heading);
  page.body.append(made);
  return made;
}

interface RowLook {
  readonly remark?: string | Node;
  /** Our words, not the kernel's. */
  readonly words?: boolean;
  readonly tone?: "bad" | "warned";
}

/** A fact: its name, its value, which a click copies. Returns the element of the value. */
export function row(
  page: Page,
  parent: HTMLElement,
  key: string,
  value: string | Node,
  look: RowLook = {},
): HTMLElement {
  const shown = el(
    "span",
    { class: ["value", look.words === true ? "words" : "", look.tone ?? ""].join(" ").trim() },
    value,
  );
  const remark = look.remark === undefined || look.remark === "" ? null : el("span", { class: "remark" }, look.remark);
  const line = el(
    "div",
    { class: "row" },
    el("span", { class: "key" }, key),
    el("span", { class: "val" }, shown, remark),
    el("span", { class: "copy" }, icons.copy()),
  );
  copies(page, line, () => shown.textContent);
  parent.append(line);
  return shown;
}

/** The command that prints the facts above it; nothing where there is none. */
export function command(page: Page, parent: HTMLElement, text: string | null): void {
  if (text === null) return;
  const line = el(
    "div",
    { class: "command" },
    el("span", {}, `$ ${text}`),
    el("span", { class: "copy" }, icons.copy()),
  );
  copies(page, line, () => text);
  parent.append(line);
}

/** A click on the element copies the text, but for one that marks some of it. */
export function copies(page: Page, element: HTMLElement, text: () => string): void {
  element.title = "Copy";
  element.tabIndex = 0;
  const copy = (): void => {
    const copied = text();
    void copyText(copied).then((done) => {
      page.say(done ? `Copied ${copied}` : "The browser did not allow copying.");
    });
  };
  element.addEventListener("click", (event) => {
    const inner = event.target instanceof Element && event.target.closest("button") !== null;
    if (!inner && (getSelection()?.toString() ?? "") === "") copy();
  });
  element.addEventListener("keydown", (event) => {
    if (event.target !== element || (event.key !== "Enter" && event.key !== "c") || event.ctrlKey || event.metaKey)
      return;
    event.preventDefault();
    copy();
  });
}

/** A word that leads to another thing. */
export function goTo(page: Page, text: string, ref: string): HTMLButtonElement {
  return button(text, {
    class: "goto mono",
    attrs: [["data-ref", ref]],
    press: () => {
      page.go(ref);
    },
  });
}

/** A table; a head that begins with "#" is for numbers. */
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
  const look = numeric ? "num mono" : "mono";
  if (typeof value === "string") return el("td", { class: look }, value);
  if (value instanceof Node) return el("td", { class: look }, value);
  return el("td", { class: `${numeric ? "num " : ""}${value.class}` }, value.text);
}

/** Rows of one table that are drawn at once. */
const PAGEFUL = 400;

/** The first rows of a long list, or all of them once they were asked for; a button below the table asks. */
export function firstOf<T>(page: Page, part: HTMLElement, name: string, all: readonly T[]): readonly T[] {
  if (all.length <= PAGEFUL || page.choice(`all ${name}`, "") !== "") return all;
  const text = `Show ${(all.length - PAGEFUL).toLocaleString("en")} more`;
  // After what the caller is about to put there.
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

/** A sentence where there is nothing to list. */
export function empty(page: Page, text: string): void {
  page.body.append(el("p", { class: "empty" }, text));
}

/** A warning with its code and sentence. */
export function warning(parent: HTMLElement, title: string, text: string): void {
  parent.append(
    el(
      "div",
      { class: "warning", attrs: [["role", "note"]] },
      icons.warn(),
      el("div", {}, el("strong", {}, title), text),
    ),
  );
}

/** A choice between a few, of which one is on. */
export function segmented(
  page: Page,
  name: string,
  options: readonly (readonly [string, string])[],
  chosen: string,
): HTMLElement {
  const buttons = options.map(([value, text]) => {
    return button(text, {
      attrs: [["aria-pressed", String(value === chosen)]],
      press: () => {
        page.choose(name, value);
      },
    });
  });
  return el("div", { class: "segmented", attrs: [["role", "group"]] }, ...buttons);
}
