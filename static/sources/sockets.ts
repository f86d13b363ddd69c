import type { Listener as Socket, State } from "../wire/schema";
import type { Progress } from "../words/search";
import { between, type Moment, now } from "./moment";
import type { Outcome } from "./source";

/**
 * At most this many namespaces of a host are read for one search. With one request every `PAUSE_MS`, the page stays far
 * below the number of frames that the server accepts, and leaves the agent idle most of the time.
 */
export const MOST_READ = 100;
const PAUSE_MS = 200;
const BUSY_MS = 1_000;
/** The agent itself reads sockets again after this time (milliseconds) while somebody watches them. */
const FRESH_MS = 10_000;
/** A search begins to read when nothing was typed for this time (milliseconds). */
const TYPING_MS = 400;

interface Reading {
  readonly at: Moment;
  readonly sockets: readonly Socket[];
}

/** Reads the listening sockets of the namespaces of a host, one namespace after the other. */
export class ListeningSockets {
  private readonly readings = new Map<string, Reading>();
  private readonly failed = new Set<string>();
  private wanted: readonly string[] = [];
  private left = 0;
  private isReading = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `read` requests one reading; the values arrive at `state`. `changed` is called when something was read. */
  constructor(
    private readonly read: (ns: string) => Promise<Outcome>,
    private readonly changed: () => void,
  ) {}

  /**
   * Begins to read these namespaces, the first ones first, unless they were read a moment ago. An empty list ends the
   * reading.
   */
  want(namespaces: readonly string[]): void {
    clearTimeout(this.timer);
    this.wanted = namespaces.slice(0, MOST_READ);
    this.left = namespaces.length - this.wanted.length;
    if (this.wanted.length === 0 || this.isReading) return;
    this.forgetOld();
    this.timer = setTimeout(() => {
      void this.readAll();
    }, TYPING_MS);
  }

  private forgetOld(): void {
    this.failed.clear();
    for (const [ns, { at }] of this.readings) if (between(at, now()) > FRESH_MS) this.readings.delete(ns);
  }

  /** Takes a report of the source. Reports of sockets that somebody else requested are as good. */
  state({ ns, subject, values, missing }: State): void {
    if (subject !== "sockets") return;
    const sockets = values.filter((value): value is Socket => value.t === "listener");
    if (missing !== null && values.length === 0) this.failed.add(ns);
    else this.readings.set(ns, { at: now(), sockets });
  }

  private async readAll(): Promise<void> {
    if (this.isReading) return;
    this.isReading = true;
    for (let ns = this.next(); ns !== undefined; ns = this.next()) {
      const outcome = await this.read(ns);
      // Without an agent, no other namespace can be read either.
      const tried = outcome === "no-agent" ? this.wanted : outcome === "busy" ? [] : [ns];
      for (const one of tried) if (!this.readings.has(one)) this.failed.add(one);
      this.changed();
      await pause(outcome === "busy" ? BUSY_MS : PAUSE_MS);
    }
    this.isReading = false;
  }

  private next(): string | undefined {
    return this.wanted.find((ns) => !this.readings.has(ns) && !this.failed.has(ns));
  }

  /** Returns the listening sockets of a namespace, as far as they were read. */
  of(ns: string): readonly Socket[] {
    return this.readings.get(ns)?.sockets ?? [];
  }

  get progress(): Progress {
    const { wanted, readings, left } = this;
    const done = wanted.flatMap((ns) => readings.get(ns) ?? []);
    const failed = wanted.filter((ns) => !readings.has(ns) && this.failed.has(ns)).length;
    const since = done.length === 0 ? null : Math.min(...done.map(({ at }) => at.wall));
    return { all: wanted.length, read: done.length, failed, left, since };
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => {
    setTimeout(done, ms);
  });
}
