import type { Store } from "../model/store";
import type { Chooser, Destination, Sheet, Speaker } from "../parts/rows";
import type { Outcome, Subject } from "../sources/source";
import type { StateBook } from "./statebook";

/** What a tab is built with. */
export interface Page extends Sheet, Destination, Speaker, Chooser {
  readonly store: Store;
  readonly book: StateBook;
  readonly wide: boolean;
  /** Calls a function now and after each state frame, to show current values. */
  live(update: () => void): void;
  /** Reads current values of a subject of a namespace now, before the next regular read. */
  readNow(ns: string, subject: Subject): Promise<Outcome>;
}
