// The only place that makes elements. Text goes in as text and nothing else; there is no way to pass markup.

type Child = Node | string | null;

interface Look {
  readonly class?: string;
  /** Attributes by name; null leaves one out. The names are ours, never a host's. */
  readonly attrs?: readonly (readonly [string, string | number | null])[];
  readonly on?: readonly (readonly [keyof HTMLElementEventMap, (event: Event) => void])[];
}

/** A new element with its class, attributes, listeners and children; a string is a child of text. */
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

/** The same for a drawing. */
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

/** A button with text or a glyph; `label` says more, and is what it is called where it has no text. */
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

/** Replaces all children. */
export function refill(parent: Element, ...children: readonly Child[]): void {
  parent.replaceChildren(...children.filter((child) => child !== null));
}

/** The data that the page came with. */
export function bootData(): unknown {
  // eslint-disable-next-line no-restricted-properties -- a name of ours, on the page that the server made
  return JSON.parse(document.getElementById("boot")?.textContent ?? "null");
}

/** An element of the page that the server made, by a name of ours. */
export function serverPart(name: "shell" | "sign-out"): HTMLElement {
  // eslint-disable-next-line no-restricted-properties -- a name of ours, on the page that the server made
  const found = document.getElementById(name);
  if (found === null) throw new Error(`the page has no ${name}`);
  return found;
}

/** Puts a text on the clipboard, also where the page is not served securely. */
export async function copyText(text: string): Promise<boolean> {
  if (navigator.clipboard !== undefined) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Not allowed here: the old way may be.
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
