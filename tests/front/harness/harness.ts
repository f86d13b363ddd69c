import type { AnyEntity, ViewFrame } from "../../../static/wire/schema";
import { fleet, sample, wild, type World } from "../world";

// The map without a server: a websocket that sends a made-up host (?world=sample, fleet-10-50, wild-7), and hands on
// frames that a script gives to `push`.

const CHUNK = 2_000;

function world(): World {
  const [kind, ...numbers] = (new URLSearchParams(location.search).get("world") ?? "sample").split("-");
  const [first = 10, second = 50] = numbers.map(Number);
  if (kind === "fleet") return fleet(first, second);
  return kind === "wild" ? wild(first) : sample();
}

let open: ((frame: ViewFrame) => void) | null = null;
let seq = 0;

class FakeSocket extends EventTarget {
  static readonly OPEN = 1;
  readonly readyState = 1;

  constructor(readonly url: string) {
    super();
    setTimeout(() => this.dispatchEvent(new Event("open")), 0);
  }

  send(text: string): void {
    const frame = JSON.parse(text) as { t: string };
    if (frame.t !== "subscribe") return;
    open = (out) => this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(out) }));
    snapshot(open);
  }

  close(): void {
    open = null;
  }
}

function snapshot(send: (frame: ViewFrame) => void): void {
  const { entities } = world();
  const chunks = Math.ceil(entities.length / CHUNK);
  send({ t: "freshness", host: "h1", state: "live", since_ms: 0, lag_ms: 38 });
  performance.mark("snapshot");
  send({ t: "snapshot_begin", epoch: "e", seq: 0, chunks, entities: entities.length, at_ms: 0 });
  for (let index = 0; index < chunks; index++) send({ t: "snapshot_chunk", index, entities: entities.slice(index * CHUNK, (index + 1) * CHUNK) });
  send({ t: "snapshot_end" });
  performance.mark("drawn");
  document.documentElement.dataset["drawn"] = String(performance.measure("first", "snapshot", "drawn").duration);
}

/** Sends a delta, as a script that drives the page wants it. */
function push(put: AnyEntity[], drop: string[]): void {
  seq += 1;
  open?.({ t: "delta", epoch: "e", seq, put, drop, at_ms: Date.now() });
}

Object.assign(window, { WebSocket: FakeSocket, push, frame: (frame: ViewFrame) => open?.(frame) });
await import("../../../static/map");
