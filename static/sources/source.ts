import type { AnyEntity, Answer, Freshness, Problem, State } from "../wire/schema";

/** The connection to the source. `since` is in milliseconds since 1970. */
export type Connection =
  | { readonly state: "connecting" }
  | { readonly state: "open" }
  | { readonly state: "lost"; readonly since: number }
  | { readonly state: "signed-out" };

/** What was added or changed, and the keys of what was removed. */
export interface Delta {
  readonly put: readonly AnyEntity[];
  readonly drop: readonly string[];
  readonly at_ms: number;
}

/** A subject of current values, which a watch asks for. */
export type Subject = State["subject"];

/** What became of a request: "done", or why not. */
export type Outcome = Answer["code"];

/** What a source reports to. Everything but the connection belongs to one host: keys are unique within one host only. */
export interface Listener {
  /** The whole topology of a host, at first and whenever deltas cannot continue. */
  whole(host: string, entities: readonly AnyEntity[], at_ms: number): void;
  /** The next step. The first report about a host is always a whole topology. */
  delta(host: string, delta: Delta): void;
  /** All bulky entities of a watched namespace; null when they are no longer updated. */
  bulky(host: string, ns: string, entities: readonly AnyEntity[] | null): void;
  /** Current values that `watch` asked for. */
  state(host: string, state: State): void;
  freshness(host: string, freshness: Freshness): void;
  /** Something went wrong; `host` is null if it concerns all hosts. */
  problem(host: string | null, problem: Problem): void;
  connection(now: Connection): void;
}

/**
 * A source of topologies: the live websocket; later also a moment of the past, a comparison, a file.
 *
 * It reports nothing before `open` and nothing after `close`.
 */
export interface Source {
  /** The hosts of this source: one or more. They do not change. */
  readonly hosts: readonly string[];
  open(listener: Listener): void;
  close(): void;
  /**
   * Asks for current values, and with `bulky` for the namespace's bulky entities (rules, elements of sets), until the
   * lease ends. Renew it before that. A source without such values does nothing.
   */
  watch(host: string, ns: string, subjects: readonly Subject[], bulky: boolean): void;
  /** Reads current values of a namespace once, now; they are reported as any others. Always resolves. */
  readNow(host: string, ns: string, subjects: readonly Subject[]): Promise<Outcome>;
}
