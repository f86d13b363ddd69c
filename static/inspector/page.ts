import type { Store } from "../model/store";
import type { Chooser, Destination, Sheet, Speaker } from "../parts/rows";
import type { Outcome, Subject } from "../sources/source";
import type { StateBook } from "./statebook";

/** What a tab needs from the inspector to build and update its content. */
export interface Page extends Sheet, Destination, Speaker, Chooser {
  readonly store: Store;
  readonly book: StateBook;
  readonly wide: boolean;
  /**
   * Calls a function now, and again whenever current values (counters, ages) have arrived, so that a tab can show them.
   */
  live(update: () => void): void;
  /**
   * Requests current values of a namespace at once, without waiting for the next regular reading. `subject` says which
   * values, such as "counters".
   */
  readNow(ns: string, subject: Subject): Promise<Outcome>;
}
