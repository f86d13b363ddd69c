import { decode } from "../wire/decode";
import { WireError } from "../wire/problems";
import type { AnyEntity, DeltaFrame, Freshness, Problem, State, Subscribe, Watch } from "../wire/schema";
import { Stream } from "../wire/stream";

/** Waiting before a new try: at most this much, doubled with every try, up to a cap; the wait itself is random in it. */
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

/** Close codes of the server: not signed in (any more). */
const SIGNED_OUT = 4401;

export type Connection =
  { readonly state: "connecting" } | { readonly state: "open" } | { readonly state: "lost"; readonly since: number };

export interface Listener {
  whole(entities: readonly AnyEntity[], at_ms: number): void;
  delta(frame: DeltaFrame): void;
  state(frame: State): void;
  freshness(frame: Freshness): void;
  problem(frame: Problem): void;
  connection(now: Connection): void;
  signedOut(): void;
}

/** The connection to the server: subscribes to one host, begins again after gaps, comes back after losses. */
export class ViewSocket {
  private socket: WebSocket | null = null;
  private readonly stream = new Stream();
  private tries = 0;
  private timer = 0;
  private lostSince: number | null = null;

  constructor(
    private readonly url: string,
    private readonly host: string,
    private readonly listener: Listener,
    private readonly random: () => number = Math.random,
  ) {
    addEventListener("online", () => {
      this.hurry();
    });
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.hurry();
    });
  }

  open(): void {
    clearTimeout(this.timer);
    this.timer = 0;
    this.stream.restart();
    const socket = new WebSocket(this.url);
    this.socket = socket;
    this.tries += 1;
    socket.addEventListener("open", () => {
      this.subscribe();
    });
    socket.addEventListener("message", ({ data }) => {
      this.receive(data);
    });
    socket.addEventListener("close", ({ code }) => {
      if (this.socket === socket) this.lost(code);
    });
  }

  /** Says that the state of a namespace is looked at; to be renewed within the lease. */
  watch(frame: Omit<Watch, "t">): void {
    this.send({ t: "watch", ...frame });
  }

  private subscribe(): void {
    this.stream.restart();
    this.send({ t: "subscribe", host: this.host });
  }

  private send(frame: Subscribe | Watch): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  /** A message holds one frame, or, while much happens, several: one a line. */
  private receive(data: unknown): void {
    if (typeof data !== "string") return;
    try {
      for (const line of data.split("\n")) this.take(line);
    } catch (problem) {
      if (!(problem instanceof WireError)) throw problem;
      this.listener.problem({ t: "problem", code: problem.code, text: problem.message, final: false });
      this.socket?.close();
    }
  }

  private take(data: string): void {
    const frame = decode(data);
    if (frame.t === "state") return this.listener.state(frame);
    if (frame.t === "freshness") {
      this.up();
      return this.listener.freshness(frame);
    }
    if (frame.t === "problem") return this.listener.problem(frame);
    const step = this.stream.take(frame);
    if (step.kind === "whole") {
      this.up();
      this.listener.whole(step.entities, step.at_ms);
    } else if (step.kind === "delta") this.listener.delta(step.frame);
    else if (step.kind === "again") this.subscribe();
  }

  private up(): void {
    this.tries = 0;
    this.lostSince = null;
    this.listener.connection({ state: "open" });
  }

  private lost(code: number): void {
    this.socket = null;
    if (code === SIGNED_OUT) return this.listener.signedOut();
    this.lostSince ??= Date.now();
    this.listener.connection({ state: "lost", since: this.lostSince });
    const most = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(16, this.tries));
    this.timer = window.setTimeout(() => {
      this.open();
    }, this.random() * most);
  }

  /** Tries at once where it was waiting. */
  private hurry(): void {
    if (this.socket === null && this.timer !== 0) this.open();
  }
}
