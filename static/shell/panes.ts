import { button, el } from "../parts/dom";

const PANES = [
  ["map", "Map"],
  ["outline", "Outline"],
  ["search", "Search"],
] as const;

export type Pane = (typeof PANES)[number][0];

/** The bar at the bottom of a small screen: one of three panes is seen at a time. */
export class Panes {
  readonly element: HTMLElement;
  private readonly buttons: ReadonlyMap<Pane, HTMLButtonElement>;
  private current: Pane = "map";

  constructor(private readonly shown: (pane: Pane) => void) {
    this.buttons = new Map(
      PANES.map(([pane, name]) => {
        const press = (): void => {
          this.show(pane);
        };
        return [pane, button(name, { attrs: [["aria-pressed", String(pane === "map")]], press })];
      }),
    );
    this.element = el("nav", { class: "nav", attrs: [["aria-label", "Views"]] }, ...this.buttons.values());
  }

  show(pane: Pane): void {
    this.current = pane;
    for (const [name, made] of this.buttons) made.setAttribute("aria-pressed", String(name === pane));
    this.shown(pane);
  }

  /** Back to the map: something was chosen in another pane. */
  toMap(): void {
    if (this.current !== "map") this.show("map");
  }
}
