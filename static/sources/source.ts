import type { AnyEntity, Freshness, Problem, State } from "../wire/schema";

/** The way to the source: not there yet, open, lost since (in milliseconds since 1970), or refused to this person. */
export type Connection =
  | { readonly state: "connecting" }
  | { readonly state: "open" }
  | { readonly state: "lost"; readonly since: number }
  | { readonly state: "signed-out" };

/** What came into being or changed, and the keys of what is gone. */
export interface Delta {
  readonly put: readonly AnyEntity[];
  readonly drop: readonly string[];
  readonly at_ms: number;
}

/** What runs by itself in a namespace, as a watch asks for it. */
export type Subject = State["subject"];

/** Who hears of a source. Everything but the connection is of one host, as keys identify within one host only. */
export interface Listener {
  /** The whole topology of a host, at first and again whenever deltas could not go on. */
  whole(host: string, entities: readonly AnyEntity[], at_ms: number): void;
  /** A step after the last: a host's first is always a whole. */
  delta(host: string, delta: Delta): void;
  /** All bulky entities of a namespace that is watched; null where they are no longer kept exact, so nobody has them. */
  bulky(host: string, ns: string, entities: readonly AnyEntity[] | null): void;
  /** Values of the moment that were asked for by `watch`. */
  state(host: string, state: State): void;
  freshness(host: string, freshness: Freshness): void;
  /** What the source could not do; no host where it is about all of them. */
  problem(host: string | null, problem: Problem): void;
  connection(now: Connection): void;
}

/**
 * Where topologies come from: the live websocket; later a moment of the past, a comparison, a file.
 *
 * It reports nothing before `open` and nothing after `close`.
 */
export interface Source {
  /** One host or more; they do not change. */
  readonly hosts: readonly string[];
  open(listener: Listener): void;
  close(): void;
  /**
   * Asks for values of the moment, and with `bulky` for the namespace's bulky entities (rules, elements of sets), until
   * the lease ends; to be renewed before. A source that has none of it does nothing.
   */
  watch(host: string, ns: string, subjects: readonly Subject[], bulky: boolean): void;
}
