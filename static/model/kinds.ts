/** What the page knows of kinds of links: the agent's table, one row a kind. Whoever needs to know asks here. */

import { LINK_KINDS, type LinkKind } from "../wire/tables";

/** A kind of link as a colour: static/style/tokens.css has one of each name. */
export type Tone = LinkKind["tone"];

/** A kind of link as a form, so that colour is never the only sign. */
export type Form = "filled" | "outline" | "dashed" | "dotted" | "plain";

const BY_KIND: ReadonlyMap<string, LinkKind> = new Map(LINK_KINDS.map((one) => [one.kind, one]));

/** A kind that has no row: drawn as tunnels are, and without traits. */
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

/** What is known of a kind. */
export function kindOf(kind: string): LinkKind {
  return BY_KIND.get(kind) ?? { ...UNKNOWN, kind, label: kind };
}

export function toneOf(kind: string): Tone {
  return BY_KIND.get(kind)?.tone ?? "tun";
}

/** Whether a link of this kind has another end of the same kind, and is lost without it. */
export function isPaired(kind: string): boolean {
  return BY_KIND.get(kind)?.paired === true;
}

/** Whether it is drawn as a bar, with all that hangs on it: a segment of its own. */
export function isBar(kind: string): boolean {
  return BY_KIND.get(kind)?.shape === "bar";
}

/** Whether it is drawn inside its card, not on its border: the loopback. */
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

/** The colours in the order of the legend, with the form of a chip in each. */
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

/** The colour of what belongs to no single link: the wire of a pair, all that leads to a bar, the way out of the host. */
export const TONE: Readonly<Record<"pair" | "bar" | "out", Tone>> = { pair: "veth", bar: "bridge", out: "physical" };
