import type { State } from "../wire/schema";

type Value = State["values"][number];
export type Subject = State["subject"];
type ValueOf<T extends Value["t"]> = Extract<Value, { t: T }>;

/** How many values are kept for a line: five minutes at one every two seconds. */
const KEPT = 150;

interface Entry {
  readonly now: State;
  readonly before: State | null;
}

/** The state frames of what is looked at: the last, the one before for rates, and a line of each link's rates. */
export class StateBook {
  private readonly entries = new Map<string, Entry>();
  private readonly lines = new Map<string, number[]>();

  take(frame: State): void {
    const key = `${frame.ns} ${frame.subject}`;
    const before = this.entries.get(key)?.now ?? null;
    this.entries.set(key, { now: frame, before });
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

  /** The bytes a second that were received ("rx") or sent ("tx") by a link, the oldest first. */
  line(ns: string, ifindex: number, way: "rx" | "tx"): readonly number[] {
    return this.lines.get(`${ns} ${ifindex} ${way}`) ?? [];
  }

  has(ns: string, subject: Subject): boolean {
    return this.entries.has(`${ns} ${subject}`);
  }

  values<T extends Value["t"]>(ns: string, subject: Subject, tag: T): readonly ValueOf<T>[] {
    return only(this.entries.get(`${ns} ${subject}`)?.now, tag);
  }

  counters(ns: string, ifindex: number): ValueOf<"link_counters"> | null {
    return this.values(ns, "counters", "link_counters").find((value) => value.ifindex === ifindex) ?? null;
  }

  /** How fast a counter of a link runs, per second; null where that is not known. */
  rate(ns: string, ifindex: number, field: Exclude<keyof ValueOf<"link_counters">, "t" | "ifindex">): number | null {
    const find = (value: ValueOf<"link_counters">): boolean => value.ifindex === ifindex;
    return this.speed(ns, "counters", "link_counters", find, (value) => value[field]);
  }

  /** How fast one value runs, per second. A counter that fell was begun anew: no rate. */
  speed<T extends Value["t"]>(
    ns: string,
    subject: Subject,
    tag: T,
    find: (value: ValueOf<T>) => boolean,
    read: (value: ValueOf<T>) => string,
  ): number | null {
    const entry = this.entries.get(`${ns} ${subject}`);
    const now = only(entry?.now, tag).find(find);
    const before = only(entry?.before ?? undefined, tag).find(find);
    if (entry === undefined || entry.before === null || now === undefined || before === undefined) return null;
    const passed = entry.now.at_ms - entry.before.at_ms;
    const grown = whole(read(now)) - whole(read(before));
    return passed <= 0 || grown < 0n ? null : (Number(grown) * 1000) / passed;
  }

  /** Forgets all: something else is looked at. */
  clear(): void {
    this.entries.clear();
    this.lines.clear();
  }
}

/** A counter as a number of any width; what is no number counts as 0. */
export function whole(digits: string): bigint {
  return /^\d+$/.test(digits) ? BigInt(digits) : 0n;
}

function only<T extends Value["t"]>(state: State | undefined, tag: T): readonly ValueOf<T>[] {
  return (state?.values ?? []).filter((value): value is ValueOf<T> => value.t === tag);
}
