import type { View } from "../render/view";

/** What the address of the page says beyond the host: what is selected, which tab is open, which part is seen. */
export interface Place {
  readonly at: string;
  readonly tab: string;
  readonly view: View | null;
}

/** Reads a place off the part of an address after "#"; what is malformed is left out. */
export function readPlace(hash: string): Place {
  const said = new URLSearchParams(hash.replace(/^#/, ""));
  return { at: said.get("at") ?? "", tab: said.get("tab") ?? "", view: readView(said.get("view") ?? "") };
}

function readView(text: string): View | null {
  const found = /^(-?\d{1,7}),(-?\d{1,7}),(\d{1,3})$/.exec(text);
  if (found === null) return null;
  const k = Number(found[3]) / 100;
  return k >= 0.01 && k <= 3 ? { x: Number(found[1]), y: Number(found[2]), k } : null;
}

export function writePlace({ at, tab, view }: Place): string {
  const said = new URLSearchParams();
  if (at !== "") said.set("at", at);
  if (at !== "" && tab !== "") said.set("tab", tab);
  if (view !== null) said.set("view", `${Math.round(view.x)},${Math.round(view.y)},${Math.round(view.k * 100)}`);
  return `#${said.toString()}`;
}
