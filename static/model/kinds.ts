/** Everything that the page knows of kinds of links: one row a kind. Whoever needs to know asks this table. */

/** A kind of link as a colour: static/style/tokens.css has one of each name. */
export type Tone = "physical" | "veth" | "bridge" | "vlan" | "macvlan" | "vxlan" | "tun" | "lo";

/** A kind of link as a form, so that colour is never the only sign. */
export type Form = "filled" | "outline" | "dashed" | "dotted" | "plain";

/** How a link is drawn: as a bar that others hang on, as a chip on its namespace's border, or inside the card. */
export type Shape = "bar" | "chip" | "inside";

export interface Kind {
  /** As rtnetlink(7) has it in IFLA_INFO_KIND; "physical" and "loopback" are the model's own. */
  readonly kind: string;
  /** What people call it. */
  readonly label: string;
  readonly tone: Tone;
  readonly shape: Shape;
  /** It comes in pairs, and the model has the other end in `peer`. */
  readonly paired: boolean;
  /** It stands on another link, which the model has in `lower`. */
  readonly upper: boolean;
  /** Other links can be its ports: they have it as `master`. */
  readonly master: boolean;
  /** Its other end is found from addresses, ids and keys (`tunnel_pair`). */
  readonly tunnel: boolean;
  /** It cannot outlive what it points at: the two go in one step. */
  readonly bound: boolean;
  /** Its other end is a program that has it open. */
  readonly program: boolean;
  /** It leads out of the host: its chip stands before others. */
  readonly uplink: boolean;
}

type Traits = Partial<Omit<Kind, "kind" | "label" | "tone">>;

function row(kind: string, label: string, tone: Tone, traits: Traits = {}): Kind {
  const plain = { paired: false, upper: false, master: false, tunnel: false, bound: false };
  return { kind, label, tone, shape: "chip", ...plain, program: false, uplink: false, ...traits };
}

const UPPER = { upper: true, bound: true };
const TUNNEL = { tunnel: true };

export const KINDS: readonly Kind[] = [
  row("physical", "physical device", "physical", { uplink: true }),
  row("bond", "bond", "physical", { master: true, uplink: true }),
  row("team", "team", "physical", { master: true, uplink: true }),
  row("veth", "virtual Ethernet pair", "veth", { paired: true, bound: true }),
  // It comes in pairs too, but the agent reports its other end as `lower` until it reads its attributes.
  row("netkit", "BPF-programmable pair", "veth"),
  row("dummy", "dummy device", "veth"),
  row("ifb", "intermediate functional block", "veth"),
  row("bridge", "bridge", "bridge", { shape: "bar", master: true }),
  row("vrf", "virtual routing and forwarding domain", "bridge", { master: true }),
  row("vlan", "VLAN", "vlan", UPPER),
  row("macvlan", "MACVLAN", "macvlan", UPPER),
  row("macvtap", "MACVLAN with a tap", "macvlan", UPPER),
  row("ipvlan", "IPVLAN", "macvlan", UPPER),
  row("ipvtap", "IPVLAN with a tap", "macvlan", UPPER),
  row("macsec", "MACsec", "macvlan", { upper: true }),
  row("vxlan", "VXLAN tunnel", "vxlan", { ...TUNNEL, ...UPPER }),
  row("geneve", "Geneve tunnel", "vxlan", TUNNEL),
  row("tun", "TUN or TAP device", "tun", { program: true }),
  row("wireguard", "WireGuard tunnel", "tun", TUNNEL),
  row("gre", "GRE tunnel", "tun", TUNNEL),
  row("gretap", "GRE tunnel for Ethernet", "tun", TUNNEL),
  row("erspan", "ERSPAN tunnel", "tun", TUNNEL),
  row("ip6gre", "GRE tunnel over IPv6", "tun", TUNNEL),
  row("ip6gretap", "GRE tunnel for Ethernet over IPv6", "tun", TUNNEL),
  row("ip6erspan", "ERSPAN tunnel over IPv6", "tun", TUNNEL),
  row("ipip", "IPv4 in IPv4 tunnel", "tun", TUNNEL),
  row("sit", "IPv6 in IPv4 tunnel", "tun", TUNNEL),
  row("ip6tnl", "tunnel over IPv6", "tun", TUNNEL),
  row("vti", "virtual tunnel interface for IPsec", "tun", TUNNEL),
  row("vti6", "virtual tunnel interface for IPsec over IPv6", "tun", TUNNEL),
  row("loopback", "loopback", "lo", { shape: "inside" }),
];

const BY_KIND: ReadonlyMap<string, Kind> = new Map(KINDS.map((one) => [one.kind, one]));

/** What is known of a kind; of one that is not listed, that it is drawn as tunnels are. */
export function kindOf(kind: string): Kind {
  return BY_KIND.get(kind) ?? row(kind, kind, "tun");
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
  /** Its name in the legend; empty for one that is not in it. */
  readonly name: string;
}

/** The colours in the order of the legend, with the form of a chip in each. */
export const TONES: readonly ToneRow[] = [
  { tone: "physical", form: "filled", name: "physical" },
  { tone: "veth", form: "outline", name: "veth" },
  { tone: "bridge", form: "outline", name: "bridge" },
  { tone: "vlan", form: "dashed", name: "vlan" },
  { tone: "macvlan", form: "dashed", name: "macvlan" },
  { tone: "vxlan", form: "dashed", name: "vxlan" },
  { tone: "tun", form: "dotted", name: "tunnel" },
  { tone: "lo", form: "plain", name: "" },
];

const FORMS: ReadonlyMap<Tone, Form> = new Map(TONES.map(({ tone, form }) => [tone, form]));

export function formOf(tone: Tone): Form {
  return FORMS.get(tone) ?? "outline";
}

/** The colour of what belongs to no single link: the wire of a pair, all that leads to a bar, the way out of the host. */
export const TONE: Readonly<Record<"pair" | "bar" | "out", Tone>> = { pair: "veth", bar: "bridge", out: "physical" };
