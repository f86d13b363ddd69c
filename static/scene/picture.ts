import { Layout } from "../layout/layout";
import { type Status, type Statuses, statusesOf } from "../model/status";
import type { Changes, Store } from "../model/store";
import { type RecentChange, recentChanges } from "../words/recent";
import type { Box, Item } from "./items";
import { Scene } from "./scene";

/** What a step did: which parts of the map look different, and how it is told. */
export interface Redrawn {
  readonly boxes: readonly Box[];
  /**
   * What is to be pointed out for a moment, each with its status: what came, changed or moved, as it stands now; what went
   * or moved away, as it stood.
   */
  readonly marks: readonly Item[];
  readonly recent: readonly RecentChange[];
}

/** A burst would only flicker: the words say how many there were. */
const MOST_MARKS = 200;

/** A host as it is drawn: the places of everything, and what stands there. */
export class Picture {
  readonly layout: Layout;
  readonly scene: Scene;

  constructor(private readonly store: Store) {
    this.layout = new Layout(store);
    this.scene = new Scene(store, this.layout);
  }

  /** Draws a step that the store has taken; `now` is any clock in milliseconds. */
  step(changes: Changes, now: number): Redrawn {
    const { store, layout, scene } = this;
    const statuses = statusesOf(store, changes);
    const leaving = this.leaving(statuses);
    const boxes = scene.update(store, layout, layout.place(store, changes, now));
    const recent = recentChanges(store, changes);
    const gone = leaving.filter(({ ref }) => scene.itemsOf(ref).length === 0);
    const marks = [...gone, ...this.told(recent), ...this.movedWires(statuses)];
    return { boxes, marks: marks.slice(0, MOST_MARKS), recent };
  }

  /** What may be gone when the step is drawn: things that were removed, and all that moved. */
  private leaving(statuses: Statuses): Item[] {
    return [...statuses].flatMap(([ref, status]) => {
      const leaves = status === "moved" || (status === "removed" && isThing(ref));
      return leaves ? this.marked(ref, status).filter(({ type }) => type !== "region") : [];
    });
  }

  /** What is told in words glows, too. */
  private told(recent: readonly RecentChange[]): Item[] {
    return recent
      .filter(({ kind }) => kind !== "removed")
      .flatMap(({ ref, kind }) => this.marked(ref, kind))
      .filter(({ type }) => type === "card" || type === "chip" || type === "bar");
  }

  /** The new ways of what moved. */
  private movedWires(statuses: Statuses): Item[] {
    const refs = [...statuses].flatMap(([ref, status]) => (status === "moved" && !isThing(ref) ? [ref] : []));
    return refs.flatMap((ref) => this.marked(ref, "moved")).filter(({ type }) => type === "wire");
  }

  private marked(ref: string, status: Status): Item[] {
    return this.scene.itemsOf(ref).map((item) => ({ ...item, status }));
  }
}

/** Whether it stands for a namespace or a link, and not for an edge. */
function isThing(ref: string): boolean {
  return ref.startsWith("ns/") || ref.startsWith("link/");
}
