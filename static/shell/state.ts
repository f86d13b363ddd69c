import { type HostKey, readHostKey, sameHostKey, writeHostKey } from "../model/hostkey";
import type { Centre } from "../render/view";
import { now } from "../sources/moment";
import type { Confirmation, Connection } from "../sources/source";
import type { Freshness } from "../wire/schema";
import type { Place } from "./address";
import type { Report } from "./fresh";
import { Signal } from "./signal";

/** The mode of the page. So far, the page can only show the live map. */
export type Mode = "live";

/** The selected namespace, link or edge, and the open tab. An empty tab means the first tab. */
export interface Selection {
  readonly at: HostKey | null;
  readonly tab: string;
}

const NOTHING: Selection = { at: null, tab: "" };

/**
 * The shared state of the page. The parts of the page read it, change it and listen to it; they never listen to each
 * other.
 */
export class AppState {
  readonly mode = new Signal<Mode>("live");
  readonly selection: Signal<Selection>;
  /** The visible part of the map; null until the map is drawn. */
  readonly view: Signal<Centre | null>;
  readonly connection = new Signal<Connection>({ state: "connecting" });
  /** For each host, the last report of how up to date its data is. */
  readonly freshness = new Signal<ReadonlyMap<string, Report>>(new Map());
  /** For each host, the last answer to the question how old the map is. */
  readonly confirmed = new Signal<ReadonlyMap<string, Confirmation | null>>(new Map());

  /** Starts with the state from the page's address (`place`). `home` is the host whose map the page shows. */
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

  setFreshness(host: string, frame: Freshness): void {
    this.freshness.set(new Map([...this.freshness.value, [host, { frame, at: now() }]]));
  }

  setConfirmed(host: string, confirmation: Confirmation | null): void {
    this.confirmed.set(new Map([...this.confirmed.value, [host, confirmation]]));
  }

  /** The part of the state that the page's address contains. */
  get place(): Place {
    const { at, tab } = this.selection.value;
    return { at: writeHostKey(at, this.home), tab, view: this.view.value };
  }

  /**
   * Applies the state that is written in an address of the page. If the address does not say which part of the map is
   * visible (`view`), the visible part stays the same.
   */
  goTo({ at, tab, view }: Place): void {
    const wanted = readHostKey(at, this.home);
    const now = this.selection.value;
    if (!sameHostKey(wanted, now.at) || tab !== now.tab) this.selection.set({ at: wanted, tab });
    if (view !== null) this.view.set(view);
  }
}
