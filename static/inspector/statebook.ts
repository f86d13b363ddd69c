import type { Subject } from "../sources/source";
import type { State } from "../wire/schema";

type Value = State["values"][number];
type ValueOf<T extends Value["t"]> = Extract<Value, { t: T }>;

/** The number of past rates that are kept for each link: five minutes with a rate every two seconds. */
const KEPT = 150;

interface Entry {
  readonly now: State;
  readonly values: ReadonlyMap<string, Value>;
  readonly before: Entry | null;
}

/** Returns a text that identifies a value among all values that arrived in the same message. */
function idOf(value: Value): string {
  switch (value.t) {
    case "link_counters":
    case "fdb_own":
      return String(value.ifindex);
    case "address_life":
      return `${value.ifindex} ${value.address}/${value.prefix}`;
    case "neighbour_state":
      return `${value.ifindex} ${value.address}`;
    case "fdb_state":
      return `${value.ifindex} ${value.mac} ${value.vlan}`;
    case "listener":
      return `${value.protocol} ${value.address} ${value.port} ${value.ifindex ?? 0} ${value.pid ?? 0}`;
    case "connections":
      return `${value.protocol} ${value.state} ${value.port}`;
    case "nf_counter":
      return JSON.stringify([value.family, value.table, value.chain, value.handle, value.name]);
  }
}

/**
 * Keeps the current values that have arrived for the selection: for each subject (such as "counters") the last two
 * messages with its values, from which rates are computed, and the past rates of links.
 */
export class StateBook {
  private readonly entries = new Map<string, Entry>();
  private readonly lines = new Map<string, number[]>();

  take(frame: State): void {
    const key = `${frame.ns} ${frame.subject}`;
    const before = this.entries.get(key) ?? null;
    const values = new Map(frame.values.map((value) => [idOf(value), value]));
    this.entries.set(key, { now: frame, values, before: before === null ? null : { ...before, before: null } });
    if (frame.subject !== "counters") return;
    for (const value of frame.values) {
      if (value.t !== "link_counters") continue;
      this.note(`${frame.ns} ${value.ifindex} rx`, this.rate(frame.ns, value.ifindex, "rx_bytes"));
      this.note(`${frame.ns} ${value.ifindex} tx`, this.rate(frame.ns, value.ifindex, "tx_bytes"));
    }
  }

  private note(key: string, value: number | null): void {
    if (value === null) return;
    const line = this.lines.get(key) ?? [];
    line.push(value);
    if (line.length > KEPT) line.shift();
    this.lines.set(key, line);
  }

  /** Returns the past rates of a link in bytes per second, received ("rx") or sent ("tx"), the oldest first. */
  line(ns: string, ifindex: number, way: "rx" | "tx"): readonly number[] {
    return this.lines.get(`${ns} ${ifindex} ${way}`) ?? [];
  }

  /** Returns one current value, or null if it has not arrived. */
  private value<T extends Value["t"]>(ns: string, subject: Subject, tag: T, id: string): ValueOf<T> | null {
    return only(this.entries.get(`${ns} ${subject}`), tag, id);
  }

  /**
   * Returns the last message with current values of a subject (such as "counters"), or null before the first message
   * has arrived.
   */
  frame(ns: string, subject: Subject): State | null {
    return this.entries.get(`${ns} ${subject}`)?.now ?? null;
  }

  /**
   * Returns the values of one type (such as "listener") from the latest `state` frame of a namespace and subject, in
   * the order of that frame.
   */
  values<T extends Value["t"]>(ns: string, subject: Subject, tag: T): readonly ValueOf<T>[] {
    return (this.frame(ns, subject)?.values ?? []).filter((value): value is ValueOf<T> => value.t === tag);
  }

  counters(ns: string, ifindex: number): ValueOf<"link_counters"> | null {
    return this.value(ns, "counters", "link_counters", String(ifindex));
  }

  life(ns: string, ifindex: number, address: string, prefix: number): ValueOf<"address_life"> | null {
    return this.value(ns, "addresses", "address_life", `${ifindex} ${address}/${prefix}`);
  }

  neighbour(ns: string, ifindex: number, address: string): ValueOf<"neighbour_state"> | null {
    return this.value(ns, "neighbours", "neighbour_state", `${ifindex} ${address}`);
  }

  fdb(ns: string, ifindex: number, mac: string, vlan: number): ValueOf<"fdb_state"> | null {
    return this.value(ns, "fdb", "fdb_state", `${ifindex} ${mac} ${vlan}`);
  }

  /** Returns the counter of a rule (by the rule's handle), of a chain's policy (handle 0), or of a named object. */
  netfilter(
    ns: string,
    of: { family: string; table: string; chain: string; handle: number; name: string },
  ): ValueOf<"nf_counter"> | null {
    return this.value(
      ns,
      "netfilter",
      "nf_counter",
      JSON.stringify([of.family, of.table, of.chain, of.handle, of.name]),
    );
  }

  /**
   * Returns the rate of a link's counter per second, or null if it is not known. A counter that decreased was reset, so
   * it has no rate.
   */
  rate(ns: string, ifindex: number, field: Exclude<keyof ValueOf<"link_counters">, "t" | "ifindex">): number | null {
    const entry = this.entries.get(`${ns} counters`);
    const now = only(entry, "link_counters", String(ifindex));
    const before = only(entry?.before ?? undefined, "link_counters", String(ifindex));
    if (entry === undefined || entry.before === null || now === null || before === null) return null;
    const passed = entry.now.at_ms - entry.before.now.at_ms;
    const grown = whole(now[field]) - whole(before[field]);
    return passed <= 0 || grown < 0n ? null : (Number(grown) * 1000) / passed;
  }

  /** Forgets all values, because the selection has changed. */
  clear(): void {
    this.entries.clear();
    this.lines.clear();
  }
}

/** Converts a counter to an integer of any size. A text that is not a number counts as 0. */
export function whole(digits: string): bigint {
  return /^\d+$/.test(digits) ? BigInt(digits) : 0n;
}

function only<T extends Value["t"]>(entry: Entry | undefined, tag: T, id: string): ValueOf<T> | null {
  const found = entry?.values.get(id);
  return found?.t === tag ? (found as ValueOf<T>) : null;
}
