import type { Store } from "../model/store";
import type { Chooser, Destination, Sheet, Speaker } from "../parts/rows";
import type { Subject } from "../sources/source";
import type { StateBook } from "./statebook";

/** What the parts of a tab are built with. */
export interface Page extends Sheet, Destination, Speaker, Chooser {
  readonly store: Store;
  readonly book: StateBook;
  readonly wide: boolean;
  /** Keeps a part up to date with the state frames: called now and at each of them. */
  live(update: () => void): void;
  /** Asks for what runs by itself at once, before its time. */
  watch(subject: Subject): void;
}
