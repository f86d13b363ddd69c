import { vi } from "vitest";

/** An element without layout and styles. It has what the parts of the page need in tests. */
export class FakeElement extends EventTarget {
  readonly dataset: Record<string, string> = {};
  readonly children: FakeElement[] = [];
  readonly attributes = new Map<string, string>();
  readonly classes = new Set<string>();
  readonly style: Record<string, string> = {};
  parent: FakeElement | null = null;
  hidden = false;
  ariaLabel: string | null = null;
  offsetWidth = 400;
  text = "";

  constructor(readonly tag: string) {
    super();
  }

  readonly classList = {
    toggle: (name: string, on: boolean): void => {
      if (on) this.classes.add(name);
      else this.classes.delete(name);
    },
  };

  setAttribute(name: string, value: string): void {
    this.attributes.set(name, value);
    if (name === "class") for (const one of value.split(" ")) this.classes.add(one);
  }

  append(...children: (FakeElement | string)[]): void {
    for (const child of children) {
      if (typeof child === "string") this.text += child;
      else {
        child.parent = this;
        this.children.push(child);
      }
    }
  }

  replaceChildren(...children: (FakeElement | string)[]): void {
    this.children.length = 0;
    this.text = "";
    this.append(...children);
  }

  remove(): void {
    const siblings = this.parent?.children ?? [];
    siblings.splice(siblings.indexOf(this), 1);
    this.parent = null;
  }

  focus(): void {
    page.activeElement = this;
  }

  click(): void {
    this.dispatchEvent(new Event("click"));
  }

  /** Returns the first descendant for which a function returns true. */
  find(holds: (one: FakeElement) => boolean): FakeElement | null {
    for (const child of this.children) {
      const found = holds(child) ? child : child.find(holds);
      if (found !== null) return found;
    }
    return null;
  }
}

const page = {
  activeElement: null as FakeElement | null,
  createElement: (tag: string) => new FakeElement(tag),
  createElementNS: (_: string, tag: string) => new FakeElement(tag),
};

/** Installs a page that works without a browser. `width` is the width of the window. */
export function fakePage(width: number): typeof page {
  page.activeElement = null;
  vi.stubGlobal("document", page);
  vi.stubGlobal("HTMLElement", FakeElement);
  vi.stubGlobal("matchMedia", (query: string) => {
    const limit = (name: string, otherwise: number): number =>
      Number(new RegExp(`${name}: (\\d+)px`).exec(query)?.[1] ?? otherwise);
    return { matches: width >= limit("min-width", 0) && width <= limit("max-width", Infinity) };
  });
  return page;
}
