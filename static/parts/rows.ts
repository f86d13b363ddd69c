import { t } from "../words/current";
import { button, copyText, el } from "./dom";
import { icons } from "./icons";

/** Where groups of facts are put, one below the other. */
export interface Sheet {
  readonly body: HTMLElement;
}

/** Who leads to another thing on the map. */
export interface Destination {
  go(ref: string): void;
}

/** Who tells people in words what was done. */
export interface Speaker {
  say(text: string): void;
}

/** Who keeps a choice (a family, a chain) while the same thing is selected. */
export interface Chooser {
  choice(name: string, first: string): string;
  choose(name: string, value: string): void;
}

/** A part with a title and a remark at its right. */
export function group(page: Sheet, title: string, remark = ""): HTMLElement {
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
  page: Speaker,
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
    // The space lets a line break between the value and its remark.
    el("span", { class: "val" }, shown, remark === null ? null : " ", remark),
    el("span", { class: "copy" }, icons.copy()),
  );
  copies(page, line, () => shown.textContent);
  parent.append(line);
  return shown;
}

/** The command that prints the facts above it; nothing where there is none. */
export function command(page: Speaker, parent: HTMLElement, text: string | null): void {
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

/** How each line that can be copied is copied. */
const COPIES = new WeakMap<Element, () => void>();

/** A click on the element copies the text, but for one that marks some of it. */
export function copies(page: Speaker, element: HTMLElement, text: () => string): void {
  element.title = t.page.copy;
  element.tabIndex = 0;
  const copy = (): void => {
    const copied = text();
    void copyText(copied).then((done) => {
      page.say(done ? t.page.copied(copied) : t.page.copyRefused);
    });
  };
  element.addEventListener("click", (event) => {
    const inner = event.target instanceof Element && event.target.closest("button") !== null;
    if (!inner && (getSelection()?.toString() ?? "") === "") copy();
  });
  COPIES.set(element, copy);
}

/** Whether an element is a line that can be copied. */
export function canCopy(element: Element | null): boolean {
  return element !== null && COPIES.has(element);
}

/** Copies a line, as a click on it does. */
export function copyLine(element: Element | null): void {
  if (element !== null) COPIES.get(element)?.();
}

/** A word that leads to another thing. */
export function goTo(page: Destination, text: string, ref: string): HTMLButtonElement {
  return button(text, {
    class: "goto mono",
    attrs: [["data-ref", ref]],
    press: () => {
      page.go(ref);
    },
  });
}

/** A sentence where there is nothing to list. */
export function empty(page: Sheet, text: string): void {
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
  page: Chooser,
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
