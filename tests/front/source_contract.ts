import { describe, expect, test } from "vitest";
import { Store } from "../../static/model/store";
import type { Confirmation, Delta, Listener, Source, Subject } from "../../static/sources/source";
import { entityKey } from "../../static/wire/key";
import type { AnyEntity } from "../../static/wire/schema";
import { entity, wild } from "./world";

/**
 * A source of topologies under test, and functions that make this source report something. The source may be a server
 * behind a socket, a script or a file.
 */
export interface Bench {
  readonly source: Source;
  whole(host: string, entities: readonly AnyEntity[]): void;
  delta(host: string, put: readonly AnyEntity[], drop: readonly string[]): void;
  freshness(host: string): void;
  state(host: string, ns: string): void;
  bulky(host: string, ns: string, entities: readonly AnyEntity[]): void;
  problem(text: string): void;
  /** Breaks the connection, then connects again. */
  lose(): void;
  /** The requests for current values (watches) that arrived at the source. */
  readonly watched: readonly (readonly [string, string, readonly Subject[], boolean])[];
}

/** Records what a source of topologies reports, and keeps a store for each host as the page does. */
export class Recorder implements Listener {
  readonly stores = new Map<string, Store>();
  readonly reports: string[] = [];
  readonly confirmations: (Confirmation | null)[] = [];

  whole(host: string, entities: readonly AnyEntity[]): void {
    this.reports.push(`whole ${host}`);
    const store = this.stores.get(host) ?? new Store();
    this.stores.set(host, store);
    store.replace(entities);
  }

  delta(host: string, { put, drop }: Delta): void {
    this.reports.push(`delta ${host}`);
    const store = this.stores.get(host);
    if (store === undefined) throw new Error(`a delta of ${host} before its whole`);
    store.apply(put, drop);
  }

  bulky(host: string, ns: string, entities: readonly AnyEntity[] | null): void {
    this.reports.push(`bulky ${host} ${ns} ${entities === null ? "none" : entities.length}`);
    this.stores.get(host)?.replaceBulky(ns, entities);
  }

  state(host: string, { ns, subject }: { ns: string; subject: Subject }): void {
    this.reports.push(`state ${host} ${ns} ${subject}`);
  }

  freshness(host: string, { state }: { state: string }): void {
    this.reports.push(`freshness ${host} ${state}`);
  }

  /** Only the live websocket confirms its map, so the contract says nothing about it. */
  confirmed(_: string, confirmation: Confirmation | null): void {
    this.confirmations.push(confirmation);
  }

  problem(host: string | null, { text }: { text: string }): void {
    this.reports.push(`problem ${host ?? ""} ${text}`);
  }

  connection({ state }: { state: string }): void {
    this.reports.push(`connection ${state}`);
  }

  /**
   * Returns those of the recorded reports that begin with `word`, such as "delta". Removes all recorded reports, so
   * that the next call returns only later ones.
   */
  take(word: string): string[] {
    return this.reports.splice(0).filter((line) => line.startsWith(word));
  }

  keys(host: string): string[] {
    return [...(this.stores.get(host)?.entities.keys() ?? [])].sort();
  }
}

/**
 * Tests the rules that every source of topologies must follow. `make` returns a `Bench` whose source has not been
 * opened yet.
 */
export function sourceContract(name: string, make: () => Bench): void {
  const opened = (): { bench: Bench; heard: Recorder; host: string } => {
    const bench = make();
    const heard = new Recorder();
    bench.source.open(heard);
    return { bench, heard, host: bench.source.hosts[0] ?? "" };
  };
  const world = wild(18).entities;
  const link = entity("link", { ns: "1", ifindex: 900, ifname: "late", kind: "dummy" });

  describe(`${name} is a source`, () => {
    test("a source has at least one host, and no host twice", () => {
      const { hosts } = make().source;
      expect(hosts.length).toBeGreaterThan(0);
      expect(new Set(hosts).size).toBe(hosts.length);
    });

    test("a source first reports that it is connecting", () => {
      expect(opened().heard.reports[0]).toBe("connection connecting");
    });

    test("a source reports the whole topology of a host, then the steps after it", () => {
      const { bench, heard } = opened();
      for (const host of bench.source.hosts) {
        bench.whole(host, world);
        expect(heard.keys(host)).toEqual([...new Set(world.map(entityKey))].sort());
        bench.delta(host, [link], ["ns/4000"]);
        expect(heard.stores.get(host)?.link(link)?.ifname).toBe("late");
        expect(heard.stores.get(host)?.namespace("4000")).toBeNull();
      }
      expect(heard.take("connection")).toContain("connection open");
    });

    test("a source ignores a step before the topology of its host", () => {
      const { bench, heard, host } = opened();
      bench.delta(host, [link], []);
      expect(heard.take("delta")).toEqual([]);
    });

    test("a source does not mix the reports of different hosts", () => {
      const { bench, heard } = opened();
      for (const host of bench.source.hosts) bench.whole(host, [entity("ns", { id: `of-${host}` })]);
      for (const host of bench.source.hosts) expect(heard.keys(host)).toEqual([`ns/of-${host}`]);
    });

    test("a source reports freshness, state and problems with their host", () => {
      const { bench, heard, host } = opened();
      bench.whole(host, world);
      heard.take("");
      bench.freshness(host);
      expect(heard.take("freshness")).toEqual([`freshness ${host} live`]);
      bench.state(host, "1");
      expect(heard.take("state")).toEqual([`state ${host} 1 counters`]);
      bench.problem("too much");
      expect(heard.take("problem")[0]).toMatch(/^problem \S* too much$/);
    });

    test("a source passes on only watches of its own hosts", () => {
      const { bench, host } = opened();
      bench.whole(host, world);
      bench.source.watch(host, "1", ["counters"], false);
      bench.source.watch("another host", "1", ["counters"], false);
      expect(bench.watched).toEqual([[host, "1", ["counters"], false]]);
    });

    test("a source replaces the bulky entities of a watched namespace", () => {
      const { bench, heard, host } = opened();
      bench.whole(host, world);
      bench.source.watch(host, "1", [], true);
      expect(bench.watched).toEqual([[host, "1", [], true]]);
      const rule = (handle: number): AnyEntity =>
        entity("nf_rule", { ns: "1", family: "ip", table: "t", chain: "c", handle });
      bench.bulky(host, "1", [rule(1), rule(2)]);
      bench.bulky(host, "1", [rule(2), rule(3)]);
      expect(heard.take("bulky")).toEqual([`bulky ${host} 1 2`, `bulky ${host} 1 2`]);
      expect(heard.keys(host).filter((key) => key.startsWith("nf_rule/1/ip/t/c/"))).toEqual([
        "nf_rule/1/ip/t/c/2",
        "nf_rule/1/ip/t/c/3",
      ]);
    });

    test("a source reports a lost connection, and a whole topology after the connection is restored", () => {
      const { bench, heard, host } = opened();
      bench.whole(host, world);
      heard.take("");
      bench.lose();
      expect(heard.take("connection")).toContain("connection lost");
      bench.delta(host, [link], []);
      expect(heard.take("delta")).toEqual([]);
      bench.whole(host, world);
      expect(heard.take("")).toEqual(["connection open", `whole ${host}`]);
    });

    test("a source reports nothing before it is opened or after it is closed", () => {
      const { bench, heard, host } = opened();
      bench.whole(host, world);
      bench.source.close();
      heard.take("");
      bench.delta(host, [link], []);
      bench.freshness(host);
      bench.state(host, "1");
      bench.problem("late");
      bench.lose();
      expect(heard.reports).toEqual([]);
    });
  });
}
