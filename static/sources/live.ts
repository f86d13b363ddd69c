import { decode } from "../wire/decode";
import { WireError } from "../wire/problems";
import { type Ping, type Request, REQUEST_S, type Subscribe, type Watch, WATCH_LEASE_S } from "../wire/schema";
import { Stream } from "../wire/stream";
import { Pings } from "./pings";
import type { Listener, Outcome, Source, Subject } from "./source";

/**
 * The longest wait before the page connects again after it has lost a connection, in milliseconds. After each failed
 * attempt, the longest wait is twice as long, up to `LONGEST_WAIT_MS`. The actual wait is a random time up to the
 * longest wait.
 */
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

/**
 * The longest wait for the answer to a request, in milliseconds. It is a little longer than the server's own limit,
 * because messages need time.
 */
const ANSWER_MS = (REQUEST_S + 2) * 1_000;

/** The code with which the server closes the websocket of a browser that is not signed in, or no longer signed in. */
const SIGNED_OUT = 4401;

/**
 * The source that receives the data of one host over a websocket. It subscribes again after a missing delta, and
 * connects again after a lost connection.
 */
export class LiveSource implements Source {
  readonly hosts: readonly string[];
  private socket: WebSocket | null = null;
  private readonly stream = new Stream();
  private readonly pings: Pings;
  private tries = 0;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private lostSince: number | null = null;
  private listener: Listener | null = null;
  /**
   * For each namespace whose netfilter rules and set elements the server sends: the timer that removes these from the
   * store when the page has stopped requesting them.
   */
  private readonly leases = new Map<string, ReturnType<typeof setTimeout>>();
  /** For each request without an answer, by its id, the function to call with the outcome. */
  private readonly requests = new Map<string, (outcome: Outcome) => void>();
  private asked = 0;

  constructor(
    private readonly url: string,
    private readonly host: string,
    private readonly random: () => number = Math.random,
  ) {
    this.hosts = [host];
    this.pings = new Pings(
      (ping) => {
        this.send(ping);
      },
      () => {
        this.giveUp();
      },
    );
  }

  open(listener: Listener): void {
    this.listener = listener;
    addEventListener("online", this.hurry);
    document.addEventListener("visibilitychange", this.seen);
    listener.connection({ state: "connecting" });
    this.connect();
  }

  close(): void {
    this.listener = null;
    removeEventListener("online", this.hurry);
    document.removeEventListener("visibilitychange", this.seen);
    this.stopWaiting();
    this.endLeases();
    this.pings.stop();
    const { socket } = this;
    this.socket = null;
    socket?.close();
  }

  watch(host: string, ns: string, subjects: readonly Subject[], bulky: boolean): void {
    if (host !== this.host) return;
    if (bulky) this.lease(ns);
    this.send({ t: "watch", ns, subjects, bulky });
  }

  readNow(host: string, ns: string, subjects: readonly Subject[]): Promise<Outcome> {
    if (host !== this.host || this.socket?.readyState !== WebSocket.OPEN) return Promise.resolve("no-agent");
    const id = String(++this.asked);
    return new Promise((resolve) => {
      this.requests.set(id, resolve);
      setTimeout(() => {
        this.answered(id, "late");
      }, ANSWER_MS);
      this.send({ t: "request", id, ask: { t: "read_now", ns, subjects } });
    });
  }

  private answered(id: string, outcome: Outcome): void {
    this.requests.get(id)?.(outcome);
    this.requests.delete(id);
  }

  /**
   * Starts or renews the lease of a namespace. As long as the lease lasts, the server sends the netfilter rules and
   * elements of sets of this namespace. The server does not report the end of a lease, so the page has its own timer.
   */
  private lease(ns: string): void {
    clearTimeout(this.leases.get(ns));
    const end = setTimeout(() => {
      this.leases.delete(ns);
      this.listener?.bulky(this.host, ns, null);
    }, WATCH_LEASE_S * 1_000);
    this.leases.set(ns, end);
  }

  private endLeases(): void {
    for (const end of this.leases.values()) clearTimeout(end);
    this.leases.clear();
  }

  private connect(): void {
    this.stopWaiting();
    this.stream.restart();
    const socket = new WebSocket(this.url);
    this.socket = socket;
    this.tries += 1;
    socket.addEventListener("open", () => {
      if (this.socket !== socket) return;
      this.subscribe();
      this.listener?.confirmed(this.host, null);
      this.pings.start();
    });
    socket.addEventListener("message", ({ data }) => {
      if (this.socket === socket) this.receive(data);
    });
    socket.addEventListener("close", ({ code }) => {
      if (this.socket === socket) this.lost(code);
    });
  }

  private stopWaiting(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  private subscribe(): void {
    this.stream.restart();
    this.send({ t: "subscribe", host: this.host });
  }

  private send(frame: Subscribe | Watch | Request | Ping): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  /** Handles a message. It contains one frame, or several frames, one on each line. */
  private receive(data: unknown): void {
    if (typeof data !== "string") return;
    try {
      for (const line of data.split("\n")) this.take(line);
    } catch (problem) {
      if (!(problem instanceof WireError)) throw problem;
      const { code, message } = problem;
      this.listener?.problem(this.host, { t: "problem", code, text: message, final: false });
      this.socket?.close();
    }
  }

  private take(data: string): void {
    const { host, listener } = this;
    const frame = decode(data);
    if (frame.t === "state") return listener?.state(host, frame);
    if (frame.t === "freshness") {
      this.up();
      return listener?.freshness(host, frame);
    }
    if (frame.t === "pong") {
      const { confirmation, due } = this.pings.answered(frame);
      if (confirmation !== null) listener?.confirmed(host, confirmation);
      if (this.stream.lacks(due)) this.subscribe();
      return;
    }
    if (frame.t === "problem") return listener?.problem(host, frame);
    if (frame.t === "answer") {
      this.answered(frame.id, frame.code);
      return;
    }
    const step = this.stream.take(frame);
    if (step.kind === "whole") {
      this.up();
      listener?.whole(host, step.entities, step.at_ms);
      // A new subscription ends all requests for netfilter rules and elements of sets (leases) on the server, so the
      // page sends them again.
      for (const ns of this.leases.keys()) this.send({ t: "watch", ns, subjects: [], bulky: true });
    } else if (step.kind === "delta") listener?.delta(host, step.frame);
    else if (step.kind === "part") listener?.delta(host, { ...step, at_ms: 0 });
    else if (step.kind === "bulky") listener?.bulky(host, step.ns, step.entities);
    else if (step.kind === "again") this.subscribe();
  }

  private up(): void {
    this.tries = 0;
    this.lostSince = null;
    this.listener?.connection({ state: "open" });
  }

  /** Drops a connection on which the server no longer answers: its other end may have vanished without a word. */
  private giveUp(): void {
    const { socket } = this;
    if (socket === null) return;
    this.lost(0);
    socket.close();
  }

  private lost(code: number): void {
    this.socket = null;
    this.pings.stop();
    for (const id of this.requests.keys()) this.answered(id, "no-agent");
    if (code === SIGNED_OUT) return this.listener?.connection({ state: "signed-out" });
    this.lostSince ??= Date.now();
    this.listener?.connection({ state: "lost", since: this.lostSince });
    const most = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(16, this.tries));
    this.timer = setTimeout(() => {
      this.connect();
    }, this.random() * most);
  }

  /** Connects at once if there is no connection and the next attempt is not due yet. */
  private readonly hurry = (): void => {
    if (this.socket === null && this.timer !== null) this.connect();
  };

  private readonly seen = (): void => {
    if (!document.hidden) this.hurry();
  };
}
