import type { InspectorMoves } from "../actions/action";
import type { Actions } from "../actions/actions";
import type { Inspector, InspectorEvents } from "../inspector/panel";
import type { HostKey } from "../model/hostkey";
import type { Changes } from "../model/store";
import { el } from "../parts/dom";
import type { Stores } from "../sources/stores";
import type { State } from "../wire/schema";
import type { Selection } from "./state";

/** Loads the inspector's script at the first selection, and passes all calls on to the inspector. */
export class Inspecting implements InspectorMoves {
  readonly element = el("div", { class: "inspector" });
  private inspector: Inspector | null = null;
  private loading = false;
  private shown: Selection = { at: null, tab: "" };

  constructor(
    private readonly stores: Stores,
    private readonly events: InspectorEvents,
    private readonly actions: Actions,
  ) {}

  show(at: HostKey | null, tab: string): void {
    this.shown = { at, tab };
    if (at !== null) this.load();
    this.inspector?.show(at, tab);
  }

  private load(): void {
    if (this.loading) return;
    this.loading = true;
    void import("../inspector/panel").then(({ Inspector }) => {
      this.inspector = new Inspector(this.element, this.stores, this.events, this.actions);
      this.inspector.show(this.shown.at, this.shown.tab);
    });
  }

  changed(host: string, changes: Changes): void {
    this.inspector?.changed(host, changes);
  }

  state(host: string, frame: State): void {
    this.inspector?.state(host, frame);
  }

  get tabsHaveFocus(): boolean {
    return this.inspector?.tabsHaveFocus === true;
  }

  turnTab(by: number): void {
    this.inspector?.turnTab(by);
  }

  turnWide(): void {
    this.inspector?.turnWide();
  }
}
