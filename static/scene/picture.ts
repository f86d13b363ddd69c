import { Layout } from "../layout/layout";
import type { Changes, Store } from "../model/store";
import { entityKey } from "../wire/key";
import type { Box, Item } from "./items";
import { Scene } from "./scene";

/** What a step did to the picture: which parts look different, and what stood there that is gone. */
export interface Redrawn {
  readonly boxes: readonly Box[];
  readonly gone: readonly Item[];
}

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
    const gone = changes.removed.flatMap((entity) => scene.itemsOf(entityKey(entity)));
    const boxes = scene.update(store, layout, layout.place(store, changes, now));
    return { boxes, gone };
  }
}
