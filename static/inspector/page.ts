import type { Store } from "../model/store";
import type { Chooser, Destination, Sheet, Speaker } from "../parts/rows";
import type { Outcome, Subject } from "../sources/source";
import type { StateBook } from "./statebook";

/** What a tab needs from the inspector to build and update its content. */
export interface Page extends Sheet, Destination, Speaker, Chooser {
  readonly store: Store;
  readonly book: StateBook;
  readonly wide: boolean;
  /** Calls a function now and again after each state frame, so that a tab can show current values. */
  live(update: () => void): void;
  /** Reads the current values of a subject of a namespace now, without waiting for the next regular reading. */
  readNow(ns: string, subject: Subject): Promise<Outcome>;
}
