import { type AnyEntity, RECORDS, type ViewFrame } from "../../../static/wire/schema";
import { fleet, sample, wild, type World } from "../world";

// This page shows the map without a server. A fake websocket sends a generated host (?world=sample, fleet-10-50,
// wild-7), and the frames that a script passes to `push`.

const CHUNK = 2_000;

function world(): World {
  const [kind, ...numbers] = (new URLSearchParams(location.search).get("world") ?? "sample").split("-");
  const [first = 10, second = 50] = numbers.map(Number);
  if (kind === "fleet") return fleet(first, second);
  return kind === "wild" ? wild(first) : sample();
}

let open: ((frame: ViewFrame) => void) | null = null;
let deliver: ((text: string) => void) | null = null;
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
    deliver = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
    open = (out) => deliver?.(JSON.stringify(out));
    snapshot(open);
  }

  close(): void {
    open = null;
  }
}

const defaults = new Map(
  RECORDS.map(([, tag, fields]) => [
    tag,
    new Map(fields.map((field) => [field[0] as string, JSON.stringify(field[2])])),
  ]),
);

/** Omits fields with their default value, as the server does. */
function withoutDefaults(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("t" in value)) return value;
  const known = defaults.get(String(value.t));
  return Object.fromEntries(
    Object.entries(value).filter(([name, inner]) => known?.get(name) !== JSON.stringify(inner)),
  );
}

function snapshot(send: (frame: ViewFrame) => void): void {
  const { entities } = world();
  const chunks = Math.ceil(entities.length / CHUNK);
  const frames: ViewFrame[] = [
    { t: "snapshot_begin", epoch: "e", seq: 0, chunks, entities: entities.length, at_ms: 0 },
  ];
  for (let index = 0; index < chunks; index++)
    frames.push({ t: "snapshot_chunk", index, entities: entities.slice(index * CHUNK, (index + 1) * CHUNK) });
  frames.push({ t: "snapshot_end" });
  const texts = frames.map((frame) => JSON.stringify(frame, withoutDefaults));
  send({ t: "freshness", host: "h1", state: "live", since_ms: 0, lag_ms: 38 });
  const begun = performance.now();
  for (const text of texts) deliver?.(text);
  // The page requested its own animation frame before this function does, so the map is already drawn when the callback
  // runs.
  requestAnimationFrame(() => {
    document.documentElement.dataset["firstPicture"] = String(performance.now() - begun);
  });
}

/** Sends a delta to the page. Scripts that control the page call this function. */
function push(put: AnyEntity[], drop: string[]): void {
  seq += 1;
  open?.({ t: "delta", epoch: "e", seq, put, drop, at_ms: Date.now() });
}

/**
 * Pans the map. Returns two times for each frame, in milliseconds: how long scripts ran (`script`), and how long ago
 * the previous frame was (`interval`).
 */
async function pan(frames: number): Promise<{ script: number[]; interval: number[] }> {
  const [canvas] = document.getElementsByTagName("canvas");
  const script: number[] = [];
  const interval: number[] = [];
  const send = (type: string, at: number): void => {
    const place = {
      clientX: 700 + 180 * Math.sin(at / 9),
      clientY: 400 + 120 * Math.cos(at / 7),
      pointerId: 1,
      button: 0,
      bubbles: true,
    };
    canvas?.dispatchEvent(new PointerEvent(type, place));
  };
  send("pointerdown", 0);
  let last = performance.now();
  for (let at = 1; at <= frames; at++) {
    send("pointermove", at);
    // The map requested its own animation frame before this line requests one, so the browser draws the map first, and
    // the time measured below includes that drawing.
    const begun = await new Promise<number>((done) => {
      requestAnimationFrame(done);
    });
    const now = performance.now();
    script.push(now - Math.max(begun, last));
    interval.push(now - last);
    last = now;
  }
  send("pointerup", frames);
  return { script, interval };
}

Object.assign(HTMLCanvasElement.prototype, { setPointerCapture: () => undefined });
Object.assign(window, { pan, WebSocket: FakeSocket, push, frame: (frame: ViewFrame) => open?.(frame) });
await import("../../../static/map");
