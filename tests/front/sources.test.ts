import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { readHostKey, sameHostKey, writeHostKey } from "../../static/model/hostkey";
import { LiveSource } from "../../static/sources/live";
import type { Subject } from "../../static/sources/source";
import { Stores } from "../../static/sources/stores";
import type { AnyEntity, ViewFrame } from "../../static/wire/schema";
import { FakeSource } from "./fake_source";
import { type Bench, Recorder, sourceContract } from "./source_contract";
import { entity } from "./world";

/** The server's end of a websocket, without a network. */
class ServerSocket extends EventTarget {
  static readonly OPEN = 1;
  static last: ServerSocket | null = null;
  static made = 0;
  readyState = 1;
  readonly sent: { t: string; ns?: string; subjects?: Subject[]; bulky?: boolean; id?: string }[] = [];

  constructor(readonly url: string) {
    super();
    ServerSocket.last = this;
    ServerSocket.made += 1;
  }

  /** The ids of the pings, which are not in `sent`. */
  readonly pings: number[] = [];

  send(text: string): void {
    const frame = JSON.parse(text) as (typeof this.sent)[number];
    if (frame.t === "ping") this.pings.push(Number(frame.id));
    else this.sent.push(frame);
  }

  /** Answers the ping with this id, or the last one. */
  pong(silent_ms = 0, seq = 0, id = this.pings.at(-1) ?? 0): void {
    this.tell({ t: "pong", id, silent_ms, seq });
  }

  close(code = 1006): void {
    if (this.readyState !== 1) return;
    this.readyState = 3;
    this.dispatchEvent(Object.assign(new Event("close"), { code }));
  }

  tell(...frames: ViewFrame[]): void {
    if (this.readyState !== 1) return;
    const data = frames.map((frame) => JSON.stringify(frame)).join("\n");
    this.dispatchEvent(Object.assign(new Event("message"), { data }));
  }
}

class LiveBench implements Bench {
  readonly source = new LiveSource("wss://netviz.example/ws/view/", "h1", () => 1);
  private seq = 0;

  private get server(): ServerSocket {
    if (ServerSocket.last === null) throw new Error("nobody has connected");
    return ServerSocket.last;
  }

  get watched(): (readonly [string, string, readonly Subject[], boolean])[] {
    const frames = this.server.sent.filter(({ t }) => t === "watch");
    return frames.map(({ ns = "", subjects = [], bulky = false }) => ["h1", ns, subjects, bulky] as const);
  }

  whole(_: string, entities: readonly AnyEntity[]): void {
    this.server.dispatchEvent(new Event("open"));
    this.seq = 4;
    this.server.tell(
      { t: "snapshot_begin", epoch: "e", seq: 4, chunks: 1, entities: entities.length, at_ms: 0 },
      { t: "snapshot_chunk", index: 0, entities: [...entities] },
      { t: "snapshot_end" },
    );
  }

  delta(_: string, put: readonly AnyEntity[], drop: readonly string[]): void {
    this.seq += 1;
    this.server.tell({ t: "delta", epoch: "e", seq: this.seq, put: [...put], drop: [...drop], at_ms: 0 });
  }

  freshness(host: string): void {
    this.server.tell({ t: "freshness", host, state: "live", since_ms: 0, lag_ms: 1 });
  }

  state(_: string, ns: string): void {
    this.server.tell({ t: "state", ns, subject: "counters", at_ms: 0, total: 0, missing: null, values: [] });
  }

  bulky(_: string, ns: string, entities: readonly AnyEntity[]): void {
    const frame = { t: "bulk", ns, seq: this.seq, drop: [], whole: true } as const;
    this.server.tell({ ...frame, put: [...entities], more: false });
  }

  problem(text: string): void {
    this.server.tell({ t: "problem", code: "made-up", text, final: false });
  }

  lose(): void {
    this.server.close();
    vi.runOnlyPendingTimers();
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", ServerSocket);
  vi.stubGlobal("document", Object.assign(new EventTarget(), { hidden: false }));
  const page = new EventTarget();
  vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
  vi.stubGlobal("removeEventListener", page.removeEventListener.bind(page));
  vi.stubGlobal("dispatchEvent", page.dispatchEvent.bind(page));
  ServerSocket.last = null;
  ServerSocket.made = 0;
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

sourceContract("the live websocket", () => new LiveBench());
sourceContract("a made-up source of one host", () => new FakeSource(["h1"]));
sourceContract("a made-up source of several hosts", () => new FakeSource(["h1", "h2", "h3"]));

describe("the live websocket", () => {
  test("the live source subscribes to its host as soon as the websocket is open", () => {
    const bench = new LiveBench();
    bench.source.open(new Recorder());
    expect(ServerSocket.last?.sent).toEqual([]);
    ServerSocket.last?.dispatchEvent(new Event("open"));
    expect(ServerSocket.last?.sent).toEqual([{ t: "subscribe", host: "h1" }]);
  });

  test("the live source subscribes again after a gap between two deltas", () => {
    const bench = new LiveBench();
    bench.source.open(new Recorder());
    bench.whole("h1", []);
    ServerSocket.last?.tell({ t: "delta", epoch: "e", seq: 9, put: [], drop: [], at_ms: 0 });
    expect(ServerSocket.last?.sent.map(({ t }) => t)).toEqual(["subscribe", "subscribe"]);
  });

  test("the live source reports an unreadable message, and connects again", () => {
    const bench = new LiveBench();
    const heard = new Recorder();
    bench.source.open(heard);
    ServerSocket.last?.dispatchEvent(Object.assign(new Event("message"), { data: "{" }));
    expect(heard.take("problem")[0]).toContain("problem h1 not-json");
    vi.runOnlyPendingTimers();
    expect(ServerSocket.made).toBe(2);
  });

  test("the live source waits longer after every failed attempt to connect, up to half a minute", () => {
    const waits: number[] = [];
    const bench = new LiveBench();
    bench.source.open(new Recorder());
    for (let nth = 0; nth < 9; nth++) {
      ServerSocket.last?.close();
      const before = Date.now();
      vi.runOnlyPendingTimers();
      waits.push(Date.now() - before);
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000, 30_000]);
  });

  test("the live source connects at once when the network returns", () => {
    const bench = new LiveBench();
    bench.source.open(new Recorder());
    ServerSocket.last?.close();
    expect(ServerSocket.made).toBe(1);
    dispatchEvent(new Event("online"));
    expect(ServerSocket.made).toBe(2);
  });

  test("the live source forgets bulky entities when their lease has ended", () => {
    const bench = new LiveBench();
    const heard = new Recorder();
    bench.source.open(heard);
    bench.whole("h1", []);
    bench.source.watch("h1", "1", [], true);
    vi.advanceTimersByTime(20_000);
    bench.source.watch("h1", "1", [], true);
    vi.advanceTimersByTime(29_000);
    expect(heard.take("bulky")).toEqual([]);
    vi.advanceTimersByTime(1_000);
    expect(heard.take("bulky")).toEqual(["bulky h1 1 none"]);
  });

  test("the live source repeats its watches after the server sends a new snapshot", () => {
    const bench = new LiveBench();
    bench.source.open(new Recorder());
    bench.whole("h1", []);
    bench.source.watch("h1", "7", ["netfilter"], true);
    bench.whole("h1", []);
    expect(bench.watched.at(-1)).toEqual(["h1", "7", [], true]);
  });

  test("a step of bulky entities is applied when all of its frames have arrived", () => {
    const bench = new LiveBench();
    const heard = new Recorder();
    bench.source.open(heard);
    bench.whole("h1", []);
    const rule = (handle: number): AnyEntity =>
      entity("nf_rule", { ns: "1", family: "ip", table: "t", chain: "c", handle });
    const frame = { t: "bulk", ns: "1", seq: 4, drop: [] } as const;
    ServerSocket.last?.tell({ ...frame, put: [rule(1)], whole: true, more: true });
    expect(heard.take("bulky")).toEqual([]);
    ServerSocket.last?.tell({ ...frame, put: [rule(2)], whole: false, more: false });
    expect(heard.take("bulky")).toEqual(["bulky h1 1 2"]);
    bench.delta("h1", [], []);
    ServerSocket.last?.tell({
      ...frame,
      seq: 5,
      put: [rule(3)],
      drop: ["nf_rule/1/ip/t/c/1"],
      whole: false,
      more: false,
    });
    expect(heard.keys("h1")).toEqual(["nf_rule/1/ip/t/c/2", "nf_rule/1/ip/t/c/3"]);
  });

  test("the live source subscribes again if bulky entities do not belong to the last delta", () => {
    const bench = new LiveBench();
    bench.source.open(new Recorder());
    bench.whole("h1", []);
    ServerSocket.last?.tell({ t: "bulk", ns: "1", seq: 9, put: [], drop: [], whole: true, more: false });
    expect(ServerSocket.last?.sent.at(-1)?.t).toBe("subscribe");
  });

  test("each request gets its own answer", async () => {
    const bench = new LiveBench();
    bench.source.open(new Recorder());
    bench.whole("h1", []);
    const first = bench.source.readNow("h1", "1", ["sockets"]);
    const second = bench.source.readNow("h1", "2", ["sockets"]);
    const [a, b] = (ServerSocket.last?.sent ?? []).filter(({ t }) => t === "request").map(({ id = "" }) => id);
    expect(a).not.toBe(b);
    ServerSocket.last?.tell({ t: "answer", id: b ?? "", code: "busy", text: "" });
    ServerSocket.last?.tell({ t: "answer", id: a ?? "", code: "done", text: "" });
    expect(await Promise.all([first, second])).toEqual(["done", "busy"]);
  });

  test("a request without an answer ends as late, and a request without a connection as no-agent", async () => {
    const bench = new LiveBench();
    bench.source.open(new Recorder());
    bench.whole("h1", []);
    const late = bench.source.readNow("h1", "1", ["sockets"]);
    for (let second = 0; second < 12; second += 2) {
      ServerSocket.last?.pong();
      vi.advanceTimersByTime(2_000);
    }
    expect(await late).toBe("late");
    const lost = bench.source.readNow("h1", "1", ["sockets"]);
    ServerSocket.last?.close();
    expect(await lost).toBe("no-agent");
    expect(await bench.source.readNow("h1", "1", ["sockets"])).toBe("no-agent");
  });

  test("the live source asks every two seconds how old the map is, and reports the answer for the time of the question", () => {
    const bench = new LiveBench();
    const heard = new Recorder();
    bench.source.open(heard);
    const began = Date.now();
    bench.whole("h1", []);
    expect(heard.confirmations).toEqual([null]);
    vi.advanceTimersByTime(1_500);
    ServerSocket.last?.pong(700);
    expect(heard.confirmations.at(-1)).toMatchObject({ asked: { wall: began }, silent_ms: 700 });
    vi.advanceTimersByTime(500);
    expect(ServerSocket.last?.pings).toEqual([1, 2]);
  });

  test("an answer that was on its way for half a minute does not make the map younger", () => {
    const bench = new LiveBench();
    const heard = new Recorder();
    bench.source.open(heard);
    bench.whole("h1", []);
    vi.setSystemTime(Date.now() + 30_000);
    ServerSocket.last?.pong();
    expect(Date.now() - (heard.confirmations.at(-1)?.asked.wall ?? 0)).toBe(30_000);
  });

  test("the live source connects again when the server answers no ping for more than 10 seconds", () => {
    const bench = new LiveBench();
    const heard = new Recorder();
    bench.source.open(heard);
    bench.whole("h1", []);
    ServerSocket.last?.pong();
    vi.advanceTimersByTime(10_000);
    expect(heard.take("connection").at(-1)).toBe("connection open");
    vi.advanceTimersByTime(4_000);
    expect(heard.take("connection")).toEqual(["connection lost"]);
    vi.advanceTimersByTime(30_000);
    expect(ServerSocket.made).toBe(2);
  });

  test("the live source subscribes again if it still lacks a delta that the server had sent before an earlier answer", () => {
    const bench = new LiveBench();
    bench.source.open(new Recorder());
    bench.whole("h1", []);
    const subscriptions = (): number => ServerSocket.last?.sent.filter(({ t }) => t === "subscribe").length ?? 0;
    ServerSocket.last?.pong(0, 5);
    bench.delta("h1", [], []);
    vi.advanceTimersByTime(2_000);
    ServerSocket.last?.pong(0, 6);
    expect(subscriptions()).toBe(1);
    vi.advanceTimersByTime(2_000);
    ServerSocket.last?.pong(0, 6);
    expect(subscriptions()).toBe(2);
  });

  test("the live source reports that the browser is signed out, and does not connect again", () => {
    const bench = new LiveBench();
    const heard = new Recorder();
    bench.source.open(heard);
    ServerSocket.last?.close(4401);
    vi.runOnlyPendingTimers();
    expect(heard.take("connection").at(-1)).toBe("connection signed-out");
    expect(ServerSocket.made).toBe(1);
  });
});

describe("a reference to something on a host", () => {
  test("a reference is written without its host on the page of that host", () => {
    const here = { host: "h1", key: "port:link/1/3:link/1/7" };
    expect(writeHostKey(here, "h1")).toBe("port:link/1/3:link/1/7");
    expect(writeHostKey(here, "h2")).toBe("@h1/port:link/1/3:link/1/7");
    expect(writeHostKey(null, "h1")).toBe("");
  });

  test("a reference is read as it was written, whatever the name of the host", () => {
    for (const host of ["h1", "a/b", "@x", "50%", ""])
      for (const home of ["h1", "elsewhere"]) {
        const ref = { host, key: "ns/4026" };
        if (host !== "") expect(readHostKey(writeHostKey(ref, home), home)).toEqual(ref);
      }
    expect(readHostKey("", "h1")).toBeNull();
    expect(readHostKey("@%/ns/1", "h1")).toEqual({ host: "%", key: "ns/1" });
  });

  test("references to the same key on two hosts differ", () => {
    const a = { host: "h1", key: "ns/1" };
    expect(sameHostKey(a, { host: "h2", key: "ns/1" })).toBe(false);
    expect(sameHostKey(a, { ...a })).toBe(true);
    expect(sameHostKey(a, null)).toBe(false);
    expect(sameHostKey(null, null)).toBe(true);
  });

  test("a reference leads to the store of its host", () => {
    const stores = new Stores(["h1", "h2"]);
    stores.whole("h1", [entity("ns", { id: "1" })]);
    stores.delta("h2", { put: [entity("ns", { id: "2" })], drop: ["ns/1"], at_ms: 0 });
    expect([...stores.of("h1").entities.keys(), ...stores.of("h2").entities.keys()]).toEqual(["ns/1", "ns/2"]);
    expect(stores.has({ host: "h3", key: "ns/1" })).toBe(false);
    expect(() => stores.of("h3")).toThrow("no host h3");
  });
});
