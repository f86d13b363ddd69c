import type { Actions } from "../actions/actions";
import { el } from "../parts/dom";
import { icons } from "../parts/icons";

/** A panel of the right column that covers the inspector. */
export interface Panel {
  /** The heading of the panel. It is also the column's accessible name while the panel is on top. */
  readonly name: string;
  readonly body: HTMLElement;
  /** Called after the panel was closed in any way. */
  closed?(): void;
}

interface Laid {
  readonly panel: Panel;
  readonly element: HTMLElement;
  /** The element that had the focus before the panel was opened. */
  readonly before: Element | null;
}

const SHEETS = ["peek", "half", "full"] as const;

/**
 * The right column, which shows one panel at a time. On a screen of medium width it is a sheet below the map. While something is selected, this is the inspector. A panel that
 * is opened covers the panel before it; when it is closed, the panel before it is visible again.
 */
export class RightColumn {
  readonly element: HTMLElement;
  private readonly panels: Laid[] = [];
  private hasBase = false;
  private isBaseWide = false;

  /** `base` is the inspector, which other panels cover. `changed` is called when the column appears or disappears. */
  constructor(
    private readonly base: Panel,
    private readonly actions: Actions,
    private readonly changed: (shown: boolean) => void,
  ) {
    const grip = actions.button("sheet", { class: "grip" }, null);
    this.element = el("aside", { class: "column" }, grip, base.body);
    this.element.dataset["sheet"] = "half";
    this.refresh();
  }

  /** Whether a panel covers the inspector. */
  get isCovered(): boolean {
    return this.panels.length > 0;
  }

  get isShown(): boolean {
    return this.isCovered || this.hasBase;
  }

  /** Shows or hides the inspector, which is the panel at the bottom of the stack. */
  setBase(shown: boolean): void {
    this.hasBase = shown;
    this.refresh();
  }

  setBaseWide(wide: boolean): void {
    this.isBaseWide = wide;
    this.refresh();
  }

  /** Opens a panel on top of the stack. If the panel is already open, nothing happens. */
  push(panel: Panel): void {
    if (this.panels.some((laid) => laid.panel === panel)) return;
    const close = this.actions.button("close-panel", { class: "button quiet glyph" }, icons.close());
    const heading = el("header", {}, el("div", {}, el("h2", {}, panel.name)), close);
    const element = el("section", { class: "panel" }, heading, el("div", { class: "body" }, panel.body));
    this.panels.push({ panel, element, before: document.activeElement });
    this.element.append(element);
    this.refresh();
    close.focus();
  }

  /** Closes the panel on top; the inspector stays. Returns false if no panel is open. */
  pop(): boolean {
    const laid = this.panels.pop();
    if (laid === undefined) return false;
    laid.element.remove();
    this.refresh();
    if (laid.before instanceof HTMLElement) laid.before.focus({ preventScroll: true });
    laid.panel.closed?.();
    return true;
  }

  /**
   * Changes to the next of three heights. On a small screen, the column is a sheet at the bottom with these heights.
   */
  nextSheet(): void {
    const at = SHEETS.findIndex((sheet) => sheet === this.element.dataset["sheet"]);
    this.element.dataset["sheet"] = SHEETS[(at + 1) % SHEETS.length] ?? "half";
  }

  private refresh(): void {
    const top = this.panels.at(-1);
    this.element.hidden = !this.isShown;
    this.base.body.hidden = top !== undefined || !this.hasBase;
    for (const { element } of this.panels) element.hidden = element !== top?.element;
    this.element.ariaLabel = (top?.panel ?? this.base).name;
    this.element.classList.toggle("wide", top === undefined && this.isBaseWide);
    this.changed(this.isShown);
  }
}
