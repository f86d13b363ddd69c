import type { Link } from "../wire/schema";
import type { Form, Mark, Tone } from "./items";

const TONES = new Map<string, Tone>([
  ["physical", "physical"],
  ["bond", "physical"],
  ["team", "physical"],
  ["veth", "veth"],
  ["netkit", "veth"],
  ["dummy", "veth"],
  ["ifb", "veth"],
  ["bridge", "bridge"],
  ["vrf", "bridge"],
  ["vlan", "vlan"],
  ["macvlan", "macvlan"],
  ["macvtap", "macvlan"],
  ["ipvlan", "macvlan"],
  ["ipvtap", "macvlan"],
  ["macsec", "macvlan"],
  ["vxlan", "vxlan"],
  ["geneve", "vxlan"],
  ["tun", "tun"],
  ["wireguard", "tun"],
  ["loopback", "lo"],
]);

/** The colour of a kind; tunnels of all sorts have the one of tun. */
export function toneOf(kind: string): Tone {
  return TONES.get(kind) ?? "tun";
}

const FORMS: ReadonlyMap<Tone, Form> = new Map<Tone, Form>([
  ["physical", "filled"],
  ["veth", "outline"],
  ["bridge", "outline"],
  ["vlan", "dashed"],
  ["macvlan", "dashed"],
  ["vxlan", "dashed"],
  ["tun", "dotted"],
  ["lo", "plain"],
]);

export function formOf(tone: Tone): Form {
  return FORMS.get(tone) ?? "outline";
}

/** Whether a link carries no packets now: set down, or up without a carrier. */
export function isDown(link: Link): boolean {
  return !link.admin_up || (!link.carrier && link.operstate !== "unknown");
}

/** What its notes amount to. A far end that is not in sight is drawn as such, and no warning. */
export function markOf(link: Link): Mark {
  return link.notes.some((note) => note.code !== "peer-beyond-sight") ? "warn" : null;
}
