// Only this file creates HTML and SVG elements. Text is always inserted as text: there is no way to pass markup.

type Child = Node | string | null;

interface Look {
  readonly class?: string;
  /**
   * Attributes by name; an attribute with the value null is omitted. The names are constants, never text from a host.
   */
  readonly attrs?: readonly (readonly [string, string | number | null])[];
  readonly on?: readonly (readonly [keyof HTMLElementEventMap, (event: Event) => void])[];
}

/**
 * Creates an HTML element with its class, attributes, listeners and children. A child that is a string becomes text.
 */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  look: Look = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  dress(made, look, children);
  return made;
}

const SVG = "http://www.w3.org/2000/svg";

/** Creates an SVG element, in the same way as `el` creates an HTML element. */
export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  look: Look = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[K] {
  const made = document.createElementNS(SVG, tag);
  dress(made, look, children);
  return made;
}

function dress(made: Element, look: Look, children: readonly Child[]): void {
  if (look.class !== undefined) made.setAttribute("class", look.class);
  for (const [name, value] of look.attrs ?? []) if (value !== null) made.setAttribute(name, String(value));
  for (const [name, listener] of look.on ?? []) made.addEventListener(name, listener);
  made.append(...children.filter((child) => child !== null));
}

/**
 * Creates a button with text or an icon. `label` is the button's tooltip, and its accessible name if it has no text.
 */
export function button(
  text: Child,
  look: Look & { readonly label?: string; readonly press: () => void },
): HTMLButtonElement {
  const attrs = [
    ["type", "button"],
    ["aria-label", typeof text === "string" ? null : (look.label ?? null)],
    ["title", look.label ?? null],
    ...(look.attrs ?? []),
  ] as const;
  const on = [
    [
      "click",
      () => {
        look.press();
      },
    ],
    ...(look.on ?? []),
  ] as const;
  return el("button", { class: look.class ?? "", attrs, on }, text);
}

/** Replaces all children of an element. */
export function refill(parent: Element, ...children: readonly Child[]): void {
  parent.replaceChildren(...children.filter((child) => child !== null));
}

/** Replaces the text of an element. If the text is the same, the element keeps its text node, and what is selected in it. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Returns the data that the server wrote into the page. */
export function bootData(): unknown {
  // eslint-disable-next-line no-restricted-properties -- a constant name, in the page that the server wrote
  return JSON.parse(document.getElementById("boot")?.textContent ?? "null");
}

/** Returns an element that the server wrote into the page. */
export function serverPart(name: "shell" | "sign-out" | "language" | "keys"): HTMLElement {
  // eslint-disable-next-line no-restricted-properties -- a constant name, in the page that the server wrote
  const found = document.getElementById(name);
  if (found === null) throw new Error(`the page has no ${name}`);
  return found;
}

/** Copies a text to the clipboard, also if the page was loaded without HTTPS. */
export async function copyText(text: string): Promise<boolean> {
  if (navigator.clipboard !== undefined) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // The browser refused to copy by `navigator.clipboard`. The older `execCommand` below may still work.
    }
  }
  const field = el("textarea", { class: "off-screen", attrs: [["readonly", ""]] });
  field.value = text;
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  return done;
}
