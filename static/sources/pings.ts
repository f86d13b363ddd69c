import { DEAD_S, HEARTBEAT_S, type Ping, type Pong } from "../wire/schema";
import { between, type Moment, now } from "./moment";
import type { Confirmation } from "./source";

/** What an answer of the server says: the age of the map, and the delta that the page must have by now. */
interface Answered {
  readonly confirmation: Confirmation | null;
  readonly due: number;
}

/**
 * Asks the server every `HEARTBEAT_S` seconds how old the map is. The answer belongs to the moment of the question, so
 * an answer that waited somewhere, for example while the browser was stopped, does not make the map younger.
 */
export class Pings {
  private timer: ReturnType<typeof setInterval> | null = null;
  private last = 0;
  /** The pings without an answer, the oldest first. */
  private readonly asked = new Map<number, Moment>();
  private due = 0;

  /** `dead` is called when a ping has had no answer for `DEAD_S` seconds. */
  constructor(
    private readonly send: (ping: Ping) => void,
    private readonly dead: () => void,
  ) {}

  /** Begins to ask, because a connection was opened. */
  start(): void {
    this.stop();
    this.ask();
    this.timer = setInterval(() => {
      const [oldest] = this.asked.values();
      if (oldest !== undefined && between(oldest, now()) > DEAD_S * 1_000) this.dead();
      else this.ask();
    }, HEARTBEAT_S * 1_000);
  }

  stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
    this.asked.clear();
    this.due = 0;
  }

  answered({ id, silent_ms, seq }: Pong): Answered {
    const { due } = this;
    const asked = this.asked.get(id);
    if (asked === undefined) return { confirmation: null, due: 0 };
    for (const older of this.asked.keys()) if (older <= id) this.asked.delete(older);
    this.due = seq;
    return { confirmation: { asked, silent_ms }, due };
  }

  private ask(): void {
    this.last += 1;
    this.asked.set(this.last, now());
    this.send({ t: "ping", id: this.last });
  }
}
