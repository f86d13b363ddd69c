import { type HostKey, readHostKey, sameHostKey, writeHostKey } from "../model/hostkey";
import type { View } from "../render/view";
import type { Connection } from "../sources/source";
import type { Freshness } from "../wire/schema";
import type { Place } from "./address";
import { Signal } from "./signal";

/** What the page is for at the moment. */
export type Mode = "live";

/** What is selected, and which tab of it is open: the first where none was chosen. */
export interface Selection {
  readonly at: HostKey | null;
  readonly tab: string;
}

const NOTHING: Selection = { at: null, tab: "" };

/** Everything that the parts of the page have in common. A part reads it, changes it, and listens to it; never to another part. */
export class AppState {
  readonly mode = new Signal<Mode>("live");
  readonly selection: Signal<Selection>;
  /** Which part of the map is seen; null until it was drawn. */
  readonly view: Signal<View | null>;
  readonly connection = new Signal<Connection>({ state: "connecting" });
  /** How fresh each host is, as far as the source has said. */
  readonly freshness = new Signal<ReadonlyMap<string, Freshness>>(new Map());

  /** `home` is the host that the page is of; `place` is what its address says. */
  constructor(
    readonly home: string,
    place: Place,
  ) {
    this.selection = new Signal({ at: readHostKey(place.at, home), tab: place.tab });
    this.view = new Signal(place.view);
  }

  /** Selects a namespace, a link or an edge, or nothing. */
  select(at: HostKey | null): void {
    if (sameHostKey(at, this.selection.value.at)) return;
    this.selection.set(at === null ? NOTHING : { at, tab: "" });
  }

  openTab(tab: string): void {
    const { at } = this.selection.value;
    if (tab !== this.selection.value.tab) this.selection.set({ at, tab });
  }

  setFreshness(host: string, freshness: Freshness): void {
    this.freshness.set(new Map([...this.freshness.value, [host, freshness]]));
  }

  /** What an address says of the state. */
  get place(): Place {
    const { at, tab } = this.selection.value;
    return { at: writeHostKey(at, this.home), tab, view: this.view.value };
  }

  /** Becomes what an address says; one without a view leaves it as it is. */
  goTo({ at, tab, view }: Place): void {
    const wanted = readHostKey(at, this.home);
    const now = this.selection.value;
    if (!sameHostKey(wanted, now.at) || tab !== now.tab) this.selection.set({ at: wanted, tab });
    if (view !== null) this.view.set(view);
  }
}
