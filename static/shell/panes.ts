import type { Actions } from "../actions/actions";
import { el } from "../parts/dom";
import { t } from "../words/current";

const PANES = [
  ["map", "show-map"],
  ["outline", "show-outline"],
  ["search", "show-search"],
] as const;

export type Pane = (typeof PANES)[number][0];

/** The bar at the bottom of a small screen. It chooses which one of three panes is visible. */
export class Panes {
  readonly element: HTMLElement;
  private readonly buttons: ReadonlyMap<Pane, HTMLButtonElement>;
  private current: Pane = "map";

  constructor(
    actions: Actions,
    private readonly shown: (pane: Pane) => void,
  ) {
    const attrs = [["aria-pressed", "false"]] as const;
    this.buttons = new Map(PANES.map(([pane, action]) => [pane, actions.button(action, { attrs })]));
    this.buttons.get("map")?.setAttribute("aria-pressed", "true");
    this.element = el("nav", { class: "nav", attrs: [["aria-label", t.page.views]] }, ...this.buttons.values());
  }

  show(pane: Pane): void {
    this.current = pane;
    for (const [name, made] of this.buttons) made.setAttribute("aria-pressed", String(name === pane));
    this.shown(pane);
  }

  /** Shows the map again after a choice in another pane. */
  toMap(): void {
    if (this.current !== "map") this.show("map");
  }
}
