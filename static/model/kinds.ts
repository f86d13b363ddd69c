/**
 * This file holds everything that the page knows about kinds of links, from the agent's table with one row for each
 * kind.
 */

import { LINK_KINDS, type LinkKind } from "../wire/tables";

/** The colour of a kind of link. static/style/tokens.css defines a colour for each of these names. */
export type Tone = LinkKind["tone"];

/** The shape in which a link is drawn, depending on its kind. Kinds differ by shape as well as by colour. */
export type Form = "filled" | "outline" | "dashed" | "dotted" | "plain";

const BY_KIND: ReadonlyMap<string, LinkKind> = new Map(LINK_KINDS.map((one) => [one.kind, one]));

/**
 * The row for a kind that is not in the table. Links of such a kind are drawn like tunnels, and every yes/no property
 * in the row is false.
 */
const UNKNOWN: LinkKind = {
  kind: "",
  label: "",
  tone: "tun",
  shape: "chip",
  paired: false,
  upper: false,
  master: false,
  tunnel: false,
  bound: false,
  program: false,
  uplink: false,
};

/** Returns what the table of link kinds says about a kind, such as its label; default values for an unknown kind. */
export function kindOf(kind: string): LinkKind {
  return BY_KIND.get(kind) ?? { ...UNKNOWN, kind, label: kind };
}

export function toneOf(kind: string): Tone {
  return BY_KIND.get(kind)?.tone ?? "tun";
}

/** Whether links of this kind come in pairs: each has a peer of the same kind. */
export function isPaired(kind: string): boolean {
  return BY_KIND.get(kind)?.paired === true;
}

/** Whether a link of this kind, such as a bridge, is drawn as a bar with its ports below it. */
export function isBar(kind: string): boolean {
  return BY_KIND.get(kind)?.shape === "bar";
}

/** Whether a link of this kind (the loopback) is drawn inside its namespace, not on the namespace's border. */
export function isInside(kind: string): boolean {
  return BY_KIND.get(kind)?.shape === "inside";
}

export function endsInProgram(kind: string): boolean {
  return BY_KIND.get(kind)?.program === true;
}

export function isUplink(kind: string): boolean {
  return BY_KIND.get(kind)?.uplink === true;
}

interface ToneRow {
  readonly tone: Tone;
  readonly form: Form;
  readonly inLegend: boolean;
}

/** The colours in the order of the legend, each with the shape in which links of this colour are drawn. */
export const TONES: readonly ToneRow[] = [
  { tone: "physical", form: "filled", inLegend: true },
  { tone: "veth", form: "outline", inLegend: true },
  { tone: "bridge", form: "outline", inLegend: true },
  { tone: "vlan", form: "dashed", inLegend: true },
  { tone: "macvlan", form: "dashed", inLegend: true },
  { tone: "vxlan", form: "dashed", inLegend: true },
  { tone: "tun", form: "dotted", inLegend: true },
  { tone: "lo", form: "plain", inLegend: false },
];

const FORMS: ReadonlyMap<Tone, Form> = new Map(TONES.map(({ tone, form }) => [tone, form]));

export function formOf(tone: Tone): Form {
  return FORMS.get(tone) ?? "outline";
}

/**
 * Colours of wires that do not belong to one link: the wire of a pair, wires to the bar of a bridge, and the wire to
 * the default gateway.
 */
export const TONE: Readonly<Record<"pair" | "bar" | "out", Tone>> = { pair: "veth", bar: "bridge", out: "physical" };
