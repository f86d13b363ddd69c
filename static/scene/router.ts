import { CLEAR } from "../layout/measures";
import type { Region, Shelf } from "../layout/placement";
import type { Point } from "./items";

/**
 * Where a wire begins or ends: at a link, or at the side or the top of a bridge's bar. Coordinates are measured from
 * the upper left corner of the namespace that contains the wire. `band` is the index of the horizontal space for wires
 * that is next to the link, with index 0 at the top. Wires with the same text in `net` may overlap.
 */
export type End =
  | { readonly kind: "chip"; readonly band: number; readonly x: number; readonly y: number; readonly net: string }
  | {
      readonly kind: "bar";
      readonly shelf: number;
      readonly left: number;
      readonly right: number;
      readonly y: number;
      readonly top: number;
      readonly net: string;
      readonly face: "side" | "top";
      /** The distance by which this edge of the bar may move upwards when the map is zoomed out. */
      readonly above: number;
    };

export interface Routed {
  readonly path: readonly Point[];
  /** The points where the wire meets a bridge's bar. */
  readonly sockets: readonly Point[];
}

interface Run {
  readonly at: number;
  readonly from: number;
  readonly to: number;
  readonly net: string;
}

const NO_NETS: ReadonlySet<string> = new Set();
const LANE = 6;

/** A wire beside a title, closer than it may be to a card, counts as if it were longer by this distance. */
const BESIDE_TITLE = 300;

/** The smallest distance between two parallel lines. Two lines that are closer look like one. */
const APART = 5;

/** What a wire must not cross in a row: its left and its right edge, and what it is. */
export interface Obstacle {
  readonly from: number;
  readonly to: number;
  readonly kind: "card" | "title" | "other";
}

/**
 * Finds paths of horizontal and vertical lines for the wires inside a namespace. A path never crosses a drawn namespace
 * or bridge. It keeps its distance from cards (`CLEAR.card`) if there is such a path.
 */
export class Router {
  private readonly columns: Run[] = [];
  private readonly lanes = new Map<number, Run[]>();

  constructor(
    private readonly region: Region,
    private readonly obstacles: (shelf: Shelf) => readonly Obstacle[],
  ) {}

  /** Keeps the space above or below a link free for the link's own wires. */
  reserve(end: End): void {
    if (end.kind !== "chip") return;
    const [top, bottom] = this.bandRange(end.band);
    this.columns.push({ at: end.x, from: Math.min(top, end.y), to: Math.max(bottom, end.y), net: end.net });
  }

  /** Returns a path between the two ends of a wire, or null if every path crosses something. */
  route(a: End, b: End): Routed | null {
    if (a.kind === "bar" && b.kind === "chip") {
      const back = this.route(b, a);
      return back === null ? null : { path: back.path.toReversed(), sockets: back.sockets };
    }
    const nets = new Set([a.net, b.net]);
    const gates = this.gates(a, b, nets);
    for (const clear of [CLEAR.card, CLEAR.line]) {
      for (const [first, second] of gates) {
        const middle = this.join(first, second, nets, clear);
        if (middle === null) continue;
        const path = simplify([...first.lead, ...middle, ...second.lead.toReversed()]);
        this.occupy(path, this.netOf(a, b));
        return { path, sockets: [...first.socket, ...second.socket] };
      }
    }
    return null;
  }

  /**
   * Returns the name of the group of wires to which this wire belongs. Wires of one group may overlap: for example all
   * wires to one bar, or to one lower link with many upper links.
   */
  private netOf(a: End, b: End): string {
    return b.kind === "bar" ? b.net : a.kind === "bar" ? a.net : b.net;
  }

  private gates(a: End, b: End, nets: ReadonlySet<string>): (readonly [Gate, Gate])[] {
    const firsts = this.gatesOf(a, b, nets);
    const seconds = this.gatesOf(b, a, nets);
    const pairs = firsts.flatMap((first) => seconds.map((second) => [first, second] as const));
    const cost = ([p, q]: readonly [Gate, Gate]): number => {
      return Math.abs(p.x - q.x) + 40 * Math.abs(p.band - q.band) - (p.shared || q.shared ? 30 : 0);
    };
    return pairs.sort((p, q) => cost(p) - cost(q)).slice(0, 24);
  }

  private gatesOf(end: End, other: End, nets: ReadonlySet<string>): Gate[] {
    if (end.kind === "chip")
      return [{ band: end.band, x: end.x, lead: [{ x: end.x, y: end.y }], socket: [], shared: false }];
    return end.face === "top" ? this.topGates(end, other, nets) : this.sideGates(end, other, nets);
  }

  private topGates(end: End & { kind: "bar" }, other: End, nets: ReadonlySet<string>): Gate[] {
    const wanted = other.kind === "chip" ? Math.min(Math.max(other.x, end.left + 16), end.right - 16) : end.right - 24;
    const [top] = this.bandRange(end.shelf);
    const out: Gate[] = [];
    for (let step = 0; step < 12 && out.length < 3; step++) {
      const x = wanted + (step % 2 === 0 ? -1 : 1) * Math.ceil(step / 2) * 16;
      if (x < end.left + 12 || x > end.right - 12 || !this.columnFree(x, top, end.top, nets)) continue;
      const socket = { x, y: end.top };
      out.push({ band: end.shelf, x, lead: [socket], socket: [socket], shared: false });
    }
    return out;
  }

  private sideGates(end: End & { kind: "bar" }, other: End, nets: ReadonlySet<string>): Gate[] {
    const out: Gate[] = [];
    const last = this.region.shelves.length - 1;
    const otherBand = other.kind === "chip" ? other.band : other.shelf;
    const bands = otherBand <= end.shelf ? [end.shelf, end.shelf + 1] : [end.shelf + 1, end.shelf];
    for (const side of ["left", "right"] as const) {
      const edge = side === "left" ? end.left : end.right;
      for (const band of bands) {
        if (band > last) continue;
        const [top, bottom] = this.bandRange(band);
        const far = band <= end.shelf ? top : bottom;
        for (const { x, shared } of this.gutter(end, side, other, nets, far)) {
          const socket = { x: edge, y: end.y };
          out.push({ band, x, lead: [socket, { x, y: end.y }], socket: [socket], shared });
        }
      }
    }
    return out;
  }

  /**
   * A wire that begins at the left or right side of a bridge continues with a vertical line. Returns a list with the x
   * coordinate of this line, or an empty list if there is no room. The first possible of these is chosen: the line of
   * an earlier wire at this side, the x coordinate of the link at the wire's other end, the first free x coordinate.
   */
  private gutter(
    end: End & { kind: "bar" },
    side: "left" | "right",
    other: End,
    nets: ReadonlySet<string>,
    far: number,
  ): Spot[] {
    const shelf = this.region.shelves[end.shelf];
    if (shelf === undefined) return [];
    const [from, to] = gutterRange(shelf, this.region.w, end, side);
    const free = (x: number): boolean =>
      x >= from + CLEAR.line &&
      x <= to - CLEAR.line &&
      this.columnFree(x, Math.min(end.y, far), Math.max(end.y, far), nets);
    const trunk = this.columns.find(
      (run) => run.net === end.net && run.at > from && run.at < to && run.from <= end.y && run.to >= end.y,
    );
    if (trunk !== undefined) return free(trunk.at) ? [{ x: trunk.at, shared: true }] : [];
    if (other.kind === "chip" && free(other.x)) return [{ x: other.x, shared: false }];
    for (let step = 8; step < to - from; step += LANE) {
      const x = side === "left" ? to - step : from + step;
      if (free(x)) return [{ x, shared: false }];
    }
    return [];
  }

  /** `clear` is the distance to keep from cards. */
  private join(a: Gate, b: Gate, nets: ReadonlySet<string>, clear: number): Point[] | null {
    if (a.band === b.band) {
      // A wire between two bridges prefers a line of its own: on the lines of both, nobody could see or click it.
      const own = a.socket.length > 0 && b.socket.length > 0 ? this.lane(a.band, a.x, b.x, NO_NETS) : null;
      const across = own ?? this.lane(a.band, a.x, b.x, nets);
      return across === null
        ? null
        : [
            { x: a.x, y: across },
            { x: b.x, y: across },
          ];
    }
    const [upper, lower] = a.band < b.band ? [a, b] : [b, a];
    for (const x of this.passages(upper, lower, clear)) {
      const first = this.lane(upper.band, upper.x, x, nets);
      const second = this.lane(lower.band, lower.x, x, nets);
      if (first === null || second === null || !this.columnFree(x, first, second, nets)) continue;
      const points = [
        { x: upper.x, y: first },
        { x, y: first },
        { x, y: second },
        { x: lower.x, y: second },
      ];
      return upper === a ? points : points.reverse();
    }
    return null;
  }

  /**
   * A wire leads from `upper`, above some rows of drawings, to `lower`, below them. Returns the x coordinates at which
   * a vertical line of the wire can cross all these rows. The x coordinate with which the wire is shortest comes first.
   */
  private passages(upper: Gate, lower: Gate, clear: number): number[] {
    const between = this.region.shelves.slice(upper.band, lower.band);
    const obstacles = between.flatMap((shelf) => this.obstacles(shelf));
    const blocked = obstacles.map(({ from, to, kind }) => {
      const distance = kind === "card" ? clear : CLEAR.line;
      return [from - distance, to + distance] as const;
    });
    const titles = obstacles.filter(({ kind }) => kind === "title");
    const isBesideTitle = (x: number): boolean =>
      titles.some(({ from, to }) => x > from - CLEAR.card && x < to + CLEAR.card);
    const open = (x: number): boolean =>
      x >= 4 && x <= this.region.w - 4 && blocked.every(([from, to]) => x <= from || x >= to);
    const candidates = [upper.x, lower.x, 14, 9, 4, this.region.w - 14, this.region.w - 9, this.region.w - 4];
    for (const [from, to] of blocked) candidates.push(from, from - LANE, to, to + LANE);
    const cost = (x: number): number =>
      Math.abs(x - upper.x) + Math.abs(x - lower.x) + (isBesideTitle(x) ? BESIDE_TITLE : 0);
    return [...new Set(candidates.filter(open))].sort((p, q) => cost(p) - cost(q)).slice(0, 16);
  }

  private bandRange(band: number): readonly [number, number] {
    const shelf = this.region.shelves[band];
    return shelf === undefined ? [0, 0] : [shelf.y - shelf.band, shelf.y];
  }

  /**
   * Returns the y coordinate of a horizontal line from `x1` to `x2` in the space for wires above the row `band`, or
   * null if there is no room. The line may overlap only wires whose `net` is in `nets`, and is drawn on one of these
   * wires if possible.
   */
  private lane(band: number, x1: number, x2: number, nets: ReadonlySet<string>): number | null {
    const [top, bottom] = this.bandRange(band);
    const known = this.lanes.get(band) ?? [];
    if (Math.abs(x1 - x2) < 1) return (top + bottom) / 2;
    const from = Math.min(x1, x2) - APART;
    const to = Math.max(x1, x2) + APART;
    const shared = known.filter((run) => nets.has(run.net)).map((run) => run.at);
    const heights: number[] = [];
    const { above = 0, below = 0 } = this.region.shelves[band] ?? {};
    for (let y = top + above; y <= bottom - below; y += LANE) heights.push(y);
    for (const y of [...shared, ...heights]) {
      const free = known.every(
        (run) => nets.has(run.net) || Math.abs(run.at - y) >= APART || run.to < from || run.from > to,
      );
      if (free) return y;
    }
    return null;
  }

  private columnFree(x: number, y1: number, y2: number, nets: ReadonlySet<string>): boolean {
    return this.columns.every((run) => {
      return nets.has(run.net) || Math.abs(run.at - x) >= APART || run.to < y1 || run.from > y2;
    });
  }

  private occupy(path: readonly Point[], net: string): void {
    for (const [at, point] of path.entries()) {
      const next = path[at + 1];
      if (next === undefined) continue;
      if (next.x === point.x) {
        this.columns.push({ at: point.x, from: Math.min(point.y, next.y), to: Math.max(point.y, next.y), net });
      } else {
        const band = this.region.shelves.findIndex((shelf) => point.y >= shelf.y - shelf.band && point.y <= shelf.y);
        const runs = this.lanes.get(band) ?? [];
        this.lanes.set(band, runs);
        runs.push({ at: point.y, from: Math.min(point.x, next.x), to: Math.max(point.x, next.x), net });
      }
    }
  }
}

interface Spot {
  readonly x: number;
  readonly shared: boolean;
}

/**
 * One way to lead a wire from one of its ends into a horizontal space for wires. The wire first goes through the points
 * in `lead`. It then enters the space with the index `band` at the x coordinate `x`.
 */
interface Gate {
  readonly band: number;
  readonly x: number;
  readonly lead: readonly Point[];
  readonly socket: readonly Point[];
  readonly shared: boolean;
}

function gutterRange(
  shelf: Shelf,
  width: number,
  end: { left: number; right: number },
  side: "left" | "right",
): [number, number] {
  if (side === "left") {
    const before = shelf.blocks.filter((block) => block.x + block.w <= end.left).map((block) => block.x + block.w);
    return [Math.max(0, ...before), end.left];
  }
  const after = shelf.blocks.filter((block) => block.x >= end.right).map((block) => block.x);
  return [end.right, Math.min(width, ...after)];
}

/** Returns the same path without repeated points and without points inside straight lines. */
export function simplify(path: readonly Point[]): Point[] {
  const out: Point[] = [];
  for (const point of path) {
    const last = out.at(-1);
    if (last !== undefined && last.x === point.x && last.y === point.y) continue;
    const before = out.at(-2);
    if (last !== undefined && before !== undefined && straight(before, last, point)) out.pop();
    out.push(point);
  }
  return out;
}

function straight(a: Point, b: Point, c: Point): boolean {
  return (a.x === b.x && b.x === c.x) || (a.y === b.y && b.y === c.y);
}
