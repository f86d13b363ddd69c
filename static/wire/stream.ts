import type { AnyEntity, Bulk, DeltaFrame, SnapshotBegin, SnapshotChunk, ViewFrame } from "./schema";

/** The next step for a page that has received a frame: how it must change its topology, or what else it must do. */
export type Step =
  | { readonly kind: "whole"; readonly entities: readonly AnyEntity[]; readonly at_ms: number }
  | { readonly kind: "delta"; readonly frame: DeltaFrame }
  /**
   * A step of the kind "bulky" contains all bulky entities (netfilter rules, elements of sets) of a namespace. When
   * some of them change later, a step of the kind "part" contains only these changes.
   */
  | { readonly kind: "bulky"; readonly ns: string; readonly entities: readonly AnyEntity[] }
  | { readonly kind: "part"; readonly put: readonly AnyEntity[]; readonly drop: readonly string[] }
  /**
   * The receiver has to subscribe again, because the stream of frames cannot continue: for example, a delta is missing.
   */
  | { readonly kind: "again"; readonly reason: string }
  | { readonly kind: "nothing" };

const NOTHING: Step = { kind: "nothing" };

/**
 * Assembles a snapshot from its frames, and checks that no delta after it is missing. If one is missing, the receiver
 * has to subscribe again.
 */
export class Stream {
  private begun: SnapshotBegin | null = null;
  private entities: AnyEntity[] = [];
  private chunks = 0;
  private epoch = "";
  private seq: number | null = null;
  /** An incomplete update of bulky entities (netfilter rules, elements of sets). More frames of this update follow. */
  private bulk: { readonly whole: boolean; readonly put: AnyEntity[]; readonly drop: string[] } | null = null;

  /** Whether the delta `seq` is missing: the stream is running, but has not come that far. */
  lacks(seq: number): boolean {
    return this.seq !== null && this.seq < seq;
  }

  /** Forgets the snapshot and the number of the last delta. After that, only a new snapshot can be received. */
  restart(): void {
    this.begun = null;
    this.entities = [];
    this.seq = null;
    this.bulk = null;
  }

  take(frame: ViewFrame): Step {
    switch (frame.t) {
      case "snapshot_begin":
        return this.begin(frame);
      case "snapshot_chunk":
        return this.chunk(frame);
      case "snapshot_end":
        return this.end();
      case "delta":
        return this.delta(frame);
      case "bulk":
        return this.bulky(frame);
      case "resync":
        return { kind: "again", reason: frame.reason };
      default:
        return NOTHING;
    }
  }

  private begin(frame: SnapshotBegin): Step {
    this.begun = frame;
    this.entities = [];
    this.chunks = 0;
    this.seq = null;
    return NOTHING;
  }

  private chunk(frame: SnapshotChunk): Step {
    if (this.begun === null) return NOTHING;
    if (frame.index !== this.chunks)
      return { kind: "again", reason: `chunk ${frame.index} where ${this.chunks} was due` };
    this.chunks += 1;
    for (const entity of frame.entities) this.entities.push(entity);
    return NOTHING;
  }

  private end(): Step {
    const { begun, entities } = this;
    if (begun === null) return NOTHING;
    this.begun = null;
    this.entities = [];
    if (this.chunks !== begun.chunks || entities.length !== begun.entities) {
      return { kind: "again", reason: `a snapshot of ${entities.length} entities where ${begun.entities} were due` };
    }
    this.epoch = begun.epoch;
    this.seq = begun.seq;
    return { kind: "whole", entities, at_ms: begun.at_ms };
  }

  private delta(frame: DeltaFrame): Step {
    // A delta that arrives before the snapshot is complete cannot be applied.
    if (this.seq === null) return NOTHING;
    if (frame.epoch !== this.epoch || frame.seq !== this.seq + 1) {
      const due = this.seq + 1;
      this.seq = null;
      return { kind: "again", reason: `delta ${frame.seq} where ${due} was due` };
    }
    this.seq = frame.seq;
    return { kind: "delta", frame };
  }

  /**
   * Handles a frame with bulky entities (netfilter rules, elements of sets). An update of several frames is applied
   * when all of them have arrived.
   */
  private bulky(frame: Bulk): Step {
    if (this.seq === null) return NOTHING;
    if (frame.seq !== this.seq) {
      const due = this.seq;
      this.seq = null;
      return { kind: "again", reason: `bulky entities of delta ${frame.seq} where ${due} was due` };
    }
    const { whole, put, drop } = (this.bulk ??= { whole: frame.whole, put: [], drop: [] });
    for (const entity of frame.put) put.push(entity);
    for (const key of frame.drop) drop.push(key);
    if (frame.more) return NOTHING;
    this.bulk = null;
    return whole ? { kind: "bulky", ns: frame.ns, entities: put } : { kind: "part", put, drop };
  }
}
