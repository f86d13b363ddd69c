import type { Form, Tone } from "../model/kinds";
import type { Status } from "../model/status";

/**
 * This file defines the items of the map (everything that is drawn) as plain data, in CSS pixels at 100 %. The class in
 * static/scene/scene.ts holds all items of a map. The functions in static/render draw them.
 */

export type Mark = "warn" | "note" | null;

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

interface Placed {
  /** The id of the drawn item, unique on the map. */
  readonly id: string;
  /** What a click on the drawn item selects: the key of a namespace or link, or the id of an edge; empty for none. */
  readonly ref: string;
  /**
   * The position in the drawing order. A drawn item with a higher number is drawn later, and is selected first where
   * items overlap.
   */
  readonly z: number;
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface RegionItem extends Placed {
  readonly type: "region";
  readonly ground: boolean;
  readonly title: string;
  readonly nature: string;
  /** What is in the namespace, the most important part first. */
  readonly summary: readonly string[];
  /** The width that is free for the title and the summary, from the left edge. */
  readonly room: number;
  readonly facts: readonly (readonly [string, string])[];
  readonly mark: Mark;
}

export interface RackItem extends Placed {
  readonly type: "rack";
}

export interface BarItem extends Placed {
  readonly type: "bar";
  readonly name: string;
  readonly address: string;
  /** The shortest form of the bridge's network, such as "172.17/16". */
  readonly network: string;
  readonly count: string;
  readonly down: boolean;
  readonly mark: Mark;
  /** The distance by which the bar of the bridge may extend upwards if its text needs more room. */
  readonly above: number;
}

export interface CardItem extends Placed {
  readonly type: "card";
  readonly name: string;
  /** The address, or words in its place. */
  readonly address: string;
  /** What is written if there is no room for the address. */
  readonly family: string;
  readonly processes: string;
  /** Words to write instead of the processes; empty if there are none. */
  readonly note: string;
  readonly anonymous: boolean;
  readonly mark: Mark;
  readonly lo: "up" | "down" | null;
}

export interface ChipItem extends Placed {
  readonly type: "chip";
  readonly name: string;
  readonly tone: Tone;
  readonly form: Form;
  readonly down: boolean;
  readonly mark: Mark;
  /** Whether the drawing of the link is too narrow for the link's name. */
  readonly small: boolean;
}

export interface SocketItem extends Placed {
  readonly type: "socket";
  /**
   * If this square, which marks where a wire meets a bridge's bar, is on the upper edge of the bar: the distance by which
   * the bar may extend upwards (`above` of the bar). The square moves with this edge. Otherwise 0.
   */
  readonly above: number;
  readonly tone: Tone;
}

export interface WireItem extends Placed {
  readonly type: "wire";
  readonly path: readonly Point[];
  /** The part of the wire on which the user can click to select the wire. Empty if a click does not select the wire. */
  readonly hit: readonly Point[];
  readonly tone: Tone;
  readonly dashed: boolean;
  /**
   * The text beside the wire while the wire is highlighted: the name of the port to which the wire leads, if the map
   * does not show this name elsewhere.
   */
  readonly name: string;
  readonly part: "wire" | "trunk" | "bus" | "drop" | "unseen";
}

export interface DotItem extends Placed {
  readonly type: "dot";
  readonly tone: Tone;
}

/**
 * A short text on the map. For example, if there is no free path for a wire, the name of the link at its other end is
 * written instead of the wire. If `text` is empty, only a small sign is drawn.
 */
export interface LabelItem extends Placed {
  readonly type: "label";
  readonly text: string;
  readonly tone: Tone;
}

/** The short line with a cross that is drawn at a link whose peer is not visible. */
export interface StubItem extends Placed {
  readonly type: "stub";
  readonly text: string;
}

/** A sign with the address of a default gateway, drawn above the host namespace. */
export interface PlateItem extends Placed {
  readonly type: "plate";
  readonly text: string;
  readonly caption: string;
}

/** An item of the map (something that is drawn), without its status. */
export type Figure =
  | RegionItem
  | RackItem
  | BarItem
  | CardItem
  | ChipItem
  | SocketItem
  | WireItem
  | DotItem
  | LabelItem
  | StubItem
  | PlateItem;

/**
 * An item of the map (something that is drawn), with its status: "added", "removed" and so on. If the map does not
 * compare two states of the host, every item has the status "same".
 */
export type Item = Figure & { readonly status: Status };

export const Z = {
  region: 0,
  rack: 10,
  wire: 20,
  dot: 25,
  bar: 30,
  card: 40,
  socket: 45,
  chip: 50,
  label: 55,
} as const;

/** Returns the smallest rectangle around a path. */
export function boxOf(path: readonly Point[]): { x: number; y: number; w: number; h: number } {
  const xs = path.map((point) => point.x);
  const ys = path.map((point) => point.y);
  const x = Math.min(...xs);
  const y = Math.min(...ys);
  return { x, y, w: Math.max(...xs) - x, h: Math.max(...ys) - y };
}
