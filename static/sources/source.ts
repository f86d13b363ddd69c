import type { AnyEntity, Answer, Freshness, Problem, State } from "../wire/schema";
import type { Moment } from "./moment";

/** The state of the connection to the source of the map's data. `since` is in milliseconds since 1970. */
export type Connection =
  | { readonly state: "connecting" }
  | { readonly state: "open" }
  | { readonly state: "lost"; readonly since: number }
  | { readonly state: "signed-out" };

/**
 * The server's last answer to the question whether the map is up to date: when the page asked, and for how many
 * milliseconds the host's agent had been silent then. So at the moment `asked`, the map was at most `silent_ms` old.
 */
export interface Confirmation {
  readonly asked: Moment;
  readonly silent_ms: number;
}

/** The entities that were added or changed, and the keys of the entities that were removed. */
export interface Delta {
  readonly put: readonly AnyEntity[];
  readonly drop: readonly string[];
  readonly at_ms: number;
}

/** The name of a kind of current values that can be requested, such as "counters". */
export type Subject = State["subject"];

/** The result of a request: "done", or the reason why it was not done. */
export type Outcome = Answer["code"];

/**
 * The functions that a source calls to report data. Every report except that of the connection's state belongs to one
 * host, because keys are unique only within one host.
 */
export interface Listener {
  /**
   * Reports the whole topology of a host: as the first report about the host, and again if the next delta is not
   * available.
   */
  whole(host: string, entities: readonly AnyEntity[], at_ms: number): void;
  /** Reports the next delta of a host. The first report about a host is a whole topology, not a delta. */
  delta(host: string, delta: Delta): void;
  /**
   * Reports all bulky entities (netfilter rules, elements of sets) of a watched namespace. Null means that they are no
   * longer updated.
   */
  bulky(host: string, ns: string, entities: readonly AnyEntity[] | null): void;
  /** Reports current values that `watch` or `readNow` requested. */
  state(host: string, state: State): void;
  freshness(host: string, freshness: Freshness): void;
  /** Reports how old the map of a host was a moment ago; null at the start of each connection. */
  confirmed(host: string, confirmation: Confirmation | null): void;
  /** Reports a problem. `host` is null if the problem concerns all hosts. */
  problem(host: string | null, problem: Problem): void;
  connection(now: Connection): void;
}

/**
 * A source of topologies (all entities of a host), such as the live websocket. Other sources are possible: a moment of
 * the past, a comparison or a file. A source reports nothing before `open` and nothing after `close`.
 */
export interface Source {
  /** The hosts of this source: one or more. The list does not change. */
  readonly hosts: readonly string[];
  open(listener: Listener): void;
  close(): void;
  /**
   * Requests current values of a namespace and, with `bulky`, its bulky entities (netfilter rules, elements of sets),
   * for the duration of the lease (30 s). The caller repeats the request before the lease ends. A source without
   * current values does nothing.
   */
  watch(host: string, ns: string, subjects: readonly Subject[], bulky: boolean): void;
  /**
   * Requests one reading of current values of a namespace, without waiting for the next regular reading. The values are
   * reported like all other values. The promise is never rejected.
   */
  readNow(host: string, ns: string, subjects: readonly Subject[]): Promise<Outcome>;
}
