import type { Centre } from "../render/view";

/**
 * The part of the page's address that begins with "#": the selection, the open tab, and the visible part of the map (the
 * point in its middle, because other people have windows of other sizes).
 */
export interface Place {
  readonly at: string;
  readonly tab: string;
  readonly view: Centre | null;
}

/** Reads the selection, tab and view from the part of an address after "#". Malformed parts are ignored. */
export function readPlace(hash: string): Place {
  const params = new URLSearchParams(hash.replace(/^#/, ""));
  return { at: params.get("at") ?? "", tab: params.get("tab") ?? "", view: readView(params.get("view") ?? "") };
}

function readView(text: string): Centre | null {
  const found = /^(-?\d{1,7}),(-?\d{1,7}),(\d{1,3})$/.exec(text);
  if (found === null) return null;
  const k = Number(found[3]) / 100;
  return k >= 0.01 && k <= 3 ? { x: Number(found[1]), y: Number(found[2]), k } : null;
}

export function writePlace({ at, tab, view }: Place): string {
  const params = new URLSearchParams();
  if (at !== "") params.set("at", at);
  if (at !== "" && tab !== "") params.set("tab", tab);
  if (view !== null) params.set("view", `${Math.round(view.x)},${Math.round(view.y)},${Math.round(view.k * 100)}`);
  return `#${params.toString()}`;
}
