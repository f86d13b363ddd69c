import { t } from "../words/current";
import { button, copyText, el } from "./dom";
import { icons } from "./icons";
import { unbroken } from "./unbroken";

/** The part of a page to which groups of facts are appended. */
export interface Sheet {
  readonly body: HTMLElement;
}

/**
 * An object with a function that selects a namespace, link or edge on the map: `ref` is the key of the namespace or
 * link, or the id of the edge.
 */
export interface Destination {
  go(ref: string): void;
}

/** An object that announces to a screen reader what was done. */
export interface Speaker {
  say(text: string): void;
}

/** An object that remembers a choice (a family, a chain) while the selection stays the same. */
export interface Chooser {
  choice(name: string, first: string): string;
  choose(name: string, value: string): void;
}

/** Adds a group of facts with a title, and with a remark to the right of the title. */
export function group(page: Sheet, title: string, remark = ""): HTMLElement {
  const heading = el("h3", {}, el("span", {}, ...unbroken(title)), remark === "" ? null : el("small", {}, remark));
  const made = el("section", { class: "group" }, heading);
  page.body.append(made);
  return made;
}

interface RowLook {
  readonly remark?: string | Node;
  /** True if the page wrote the text of the value; false if the text comes from the kernel. */
  readonly words?: boolean;
  readonly tone?: "bad" | "warned";
}

/** Adds a fact with its name and value. A click on the value copies it. Returns the value's element. */
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
    ...pieces(value),
  );
  const remark =
    look.remark === undefined || look.remark === "" ? null : el("span", { class: "remark" }, ...pieces(look.remark));
  const line = el(
    "div",
    { class: "row" },
    el("span", { class: "key" }, ...unbroken(key)),
    // The space allows a line break between the value and its remark.
    el("span", { class: "val" }, shown, remark === null ? null : " ", remark),
    el("span", { class: "copy" }, icons.copy()),
  );
  copies(page, line, () => shown.textContent);
  parent.append(line);
  return shown;
}

function pieces(value: string | Node): readonly (string | Node)[] {
  return typeof value === "string" ? unbroken(value) : [value];
}

/** Adds a command that prints the facts above. If the command is null, nothing is added. */
export function command(page: Speaker, parent: HTMLElement, text: string | null): void {
  if (text === null) return;
  const line = el(
    "div",
    { class: "command" },
    el("span", {}, ...unbroken(`$ ${text}`)),
    el("span", { class: "copy" }, icons.copy()),
  );
  copies(page, line, () => text);
  parent.append(line);
}

/** For each element that can be copied, the function that copies its text. */
const COPIES = new WeakMap<Element, () => void>();

/** The time for which an element looks copied, in milliseconds. */
const COPIED_MS = 2_000;

/** Makes a click on the element copy the text. A click that selects part of the text does not copy. */
export function copies(page: Speaker, element: HTMLElement, text: () => string): void {
  element.title = t.page.copy;
  element.tabIndex = 0;
  COPIES.set(element, () => {
    copy(page, element, text());
  });
  element.addEventListener("click", (event) => {
    const inner = event.target instanceof Element ? event.target.closest("button, .copyable") : null;
    if ((inner ?? element) === element && (getSelection()?.toString() ?? "") === "") copyLine(element);
  });
}

function copy(page: Speaker, element: HTMLElement, text: string): void {
  void copyText(text).then((done) => {
    page.say(done ? t.page.copied(text) : t.page.copyRefused);
    if (!done) return;
    element.classList.add("copied");
    setTimeout(() => {
      element.classList.remove("copied");
    }, COPIED_MS);
  });
}

/** Makes a text in a table that a click copies, such as a MAC. */
export function copyable(page: Speaker, text: string): Node | string {
  if (text === "") return "";
  const made = el("span", { class: "copyable", attrs: [["role", "button"]] }, ...unbroken(text), icons.copy());
  copies(page, made, () => text);
  return made;
}

/** Makes a button that copies a text which is not shown in this form, such as a route as ip-route(8) writes it. */
export function copyButton(page: Speaker, text: string): HTMLButtonElement {
  const made = button(icons.copy(), {
    class: "copy",
    label: t.page.copyOf(text),
    press: () => {
      copy(page, made, text);
    },
  });
  COPIES.set(made, () => {
    copy(page, made, text);
  });
  return made;
}

/** Whether an element is a line that can be copied. */
export function canCopy(element: Element | null): boolean {
  return element !== null && COPIES.has(element);
}

/** Copies a line, as a click on the line does. */
export function copyLine(element: Element | null): void {
  if (element !== null) COPIES.get(element)?.();
}

/** Makes a button that selects another namespace, link or edge. */
export function goTo(page: Destination, text: string, ref: string): HTMLButtonElement {
  const made = button(null, {
    class: "goto mono",
    attrs: [["data-ref", ref]],
    press: () => {
      page.go(ref);
    },
  });
  made.append(...unbroken(text));
  return made;
}

/** Adds a sentence that is shown instead of an empty list. */
export function empty(page: Sheet, text: string): void {
  page.body.append(el("p", { class: "empty" }, text));
}

/** Adds a warning with a heading and a sentence. */
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

/** Makes a row of buttons, one of which is pressed. */
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
