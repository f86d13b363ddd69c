import { Layout } from "../layout/layout";
import { type Status, type Statuses, statusesOf, withDeparted } from "../model/status";
import type { Link } from "../wire/schema";
import type { Changes, Store } from "../model/store";
import { type RecentChange, recentChanges } from "../words/recent";
import type { Box, Item } from "./items";
import { Scene } from "./scene";

/** What a delta changes on the map: the rectangles to draw again, the items to highlight, and the changes in words. */
export interface Redrawn {
  readonly boxes: readonly Box[];
  /**
   * The items to highlight for a moment, each with its status. Something that moved is here twice: at its new position,
   * and at its old one. The old position and removed items are no longer in the scene, so they are kept here.
   */
  readonly marks: readonly Item[];
  readonly recent: readonly RecentChange[];
}

/**
 * The largest number of marks for recent changes on the map. More marks would only flicker. The list of changes still
 * gives the number of all changes.
 */
const MOST_MARKS = 200;

/** The time within which a link that disappears in one delta and appears in a later one has moved, in milliseconds. */
const MOMENT_MS = 1_000;

/** The drawing of a host: the layout with all positions, and the scene with everything that is drawn. */
export class Picture {
  readonly layout: Layout;
  readonly scene: Scene;
  private departed: readonly { readonly link: Link; readonly at: number }[] = [];

  constructor(private readonly store: Store) {
    this.layout = new Layout(store);
    this.scene = new Scene(store, this.layout);
  }

  /**
   * Draws the changes of one delta. The store must already contain these changes. `now` is the present time in
   * milliseconds. Any clock can be used, if all calls use the same one.
   */
  step(delta: Changes, now: number): Redrawn {
    const { store, layout, scene } = this;
    const changes = this.withMoves(delta, now);
    const statuses = statusesOf(store, changes);
    const leaving = this.leaving(statuses);
    const boxes = scene.update(store, layout, layout.place(store, delta, now));
    const recent = recentChanges(store, changes);
    const gone = leaving.filter(({ ref }) => scene.itemsOf(ref).length === 0);
    const marks = [...gone, ...this.told(recent), ...this.movedWires(statuses)];
    return { boxes, marks: marks.slice(0, MOST_MARKS), recent };
  }

  /** Returns the changes of a delta, with the removal of links that moved although an earlier delta removed them. */
  private withMoves(delta: Changes, now: number): Changes {
    const recent = this.departed.filter(({ at }) => now - at < MOMENT_MS);
    const gone = delta.removed.flatMap((entity) => (entity.t === "link" ? [{ link: entity, at: now }] : []));
    this.departed = [...recent, ...gone];
    return recent.length === 0
      ? delta
      : withDeparted(
          delta,
          recent.map(({ link }) => link),
        );
  }

  /**
   * Returns the drawn items that may disappear when the changes are drawn: those of removed entities, and those at the
   * old positions of links that moved.
   */
  private leaving(statuses: Statuses): Item[] {
    return [...statuses].flatMap(([ref, status]) => {
      const leaves = status === "moved" || (status === "removed" && isThing(ref));
      return leaves ? this.marked(ref, status).filter(({ type }) => type !== "region") : [];
    });
  }

  /**
   * Returns the namespaces, links and bridges to mark on the map for the changes in the list of recent changes, except
   * for removals.
   */
  private told(recent: readonly RecentChange[]): Item[] {
    return recent
      .filter(({ kind }) => kind !== "removed")
      .flatMap(({ ref, kind }) => this.marked(ref, kind))
      .filter(({ type }) => type === "card" || type === "chip" || type === "bar");
  }

  /** Returns the wires of links that moved, at their new position. */
  private movedWires(statuses: Statuses): Item[] {
    const refs = [...statuses].flatMap(([ref, status]) => (status === "moved" && !isThing(ref) ? [ref] : []));
    return refs.flatMap((ref) => this.marked(ref, "moved")).filter(({ type }) => type === "wire");
  }

  private marked(ref: string, status: Status): Item[] {
    return this.scene.itemsOf(ref).map((item) => ({ ...item, status }));
  }
}

/** Whether a reference is the key of a namespace or a link, not the id of an edge. */
function isThing(ref: string): boolean {
  return ref.startsWith("ns/") || ref.startsWith("link/");
}
