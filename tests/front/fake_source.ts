import type { Connection, Listener, Outcome, Source, Subject } from "../../static/sources/source";
import type { AnyEntity, Freshness, Problem, State } from "../../static/wire/schema";
import type { Bench } from "./source_contract";

/** A source that a test controls: it has any number of hosts and no network. */
export class FakeSource implements Source, Bench {
  readonly source: Source = this;
  readonly watched: [string, string, readonly Subject[], boolean][] = [];
  private listener: Listener | null = null;
  private readonly begun = new Set<string>();
  private current: Connection = { state: "connecting" };

  constructor(readonly hosts: readonly string[]) {}

  open(listener: Listener): void {
    this.listener = listener;
    listener.connection(this.current);
  }

  close(): void {
    this.listener = null;
  }

  watch(host: string, ns: string, subjects: readonly Subject[], bulky: boolean): void {
    if (this.hosts.includes(host)) this.watched.push([host, ns, subjects, bulky]);
  }

  readNow(host: string): Promise<Outcome> {
    return Promise.resolve(this.begun.has(host) ? "done" : "no-agent");
  }

  bulky(host: string, ns: string, entities: readonly AnyEntity[]): void {
    if (this.begun.has(host)) this.listener?.bulky(host, ns, entities);
  }

  whole(host: string, entities: readonly AnyEntity[]): void {
    this.begun.add(host);
    if (this.current.state !== "open") this.connection({ state: "open" });
    this.listener?.whole(host, entities, 0);
  }

  delta(host: string, put: readonly AnyEntity[], drop: readonly string[]): void {
    if (this.begun.has(host)) this.listener?.delta(host, { put, drop, at_ms: 0 });
  }

  freshness(host: string, state: Freshness["state"] = "live"): void {
    this.listener?.freshness(host, { t: "freshness", host, state, since_ms: 0, lag_ms: 1 });
  }

  state(host: string, ns: string, given: Partial<State> = {}): void {
    const frame = { t: "state", ns, subject: "counters", at_ms: 0, total: 0, missing: null, values: [] } as const;
    this.listener?.state(host, { ...frame, ...given });
  }

  problem(text: string, host: string | null = null): void {
    const problem: Problem = { t: "problem", code: "made-up", text, final: false };
    this.listener?.problem(host, problem);
  }

  lose(): void {
    this.begun.clear();
    this.connection({ state: "lost", since: 0 });
  }

  connection(now: Connection): void {
    this.current = now;
    this.listener?.connection(now);
  }
}
