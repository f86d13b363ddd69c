import { number } from "./count";

/** Texts on the map and beside the map. */
export const map = {
  name: "Map",
  canvas: "Map. With the keyboard, use the outline, which lists everything on the map.",
  title: (host: string) => `Map of ${host}`,
  someHost: "a host",
  fit: "Fit",
  percent: (value: number) => `${number(value)} %`,
  defaultGateway: "default gateway",
  noAddress: "no address",
  linkLocal: "link-local",
  noPeerFound: "no peer found",
  toProgram: (mode: string) => `${mode} to a program`,
  continued: (bridge: string) => `${bridge}, continued`,
  byNexthop: "via a nexthop object",
  found: (count: number) => `${number(count)} found`,
  asOf: (time: string) => `as of ${time}`,
  notShown: (count: number, subject: string) => `${number(count)} ${subject} not shown`,
  policy: (policy: string, rules: string) => `policy ${policy}, ${rules}`,
};

/** The names of the colours in the legend. */
export const legend = {
  physical: "physical",
  veth: "veth",
  bridge: "bridge",
  vlan: "vlan",
  macvlan: "macvlan",
  vxlan: "vxlan",
  tun: "tunnel",
  lo: "loopback",
};

/**
 * Short descriptions of a namespace. `short` is for the small drawing of a namespace on the map, where the word
 * "namespace" is not needed.
 */
export const natures = {
  practiceHost: { long: "practice host's namespace", short: "practice host's" },
  host: { long: "host namespace", short: "host" },
  pod: { long: "Kubernetes pod", short: "Kubernetes pod" },
  named: { long: "named namespace", short: "named" },
  mounted: { long: "mounted namespace", short: "mounted" },
  anonymous: { long: "anonymous namespace", short: "anonymous" },
  byPeer: { long: "namespace known only from a peer", short: "behind a peer" },
  container: (runtime: string) => `${runtime} container`,
  someContainer: "container",
};

/** Texts of the tooltip: two lines about the namespace, link or edge under the pointer. */
export const hints = {
  mtu: (mtu: number) => `mtu ${mtu}`,
  mtus: (a: number, b: number) => `mtu ${a} and ${b}`,
  peer: (name: string) => `peer ${name}`,
  peerPortOf: (bridge: string) => `which is a port of ${bridge}`,
  ends: (a: string, b: string) => `${a} to ${b}`,
  peerNotVisible: (kind: string) => `${kind}, its peer is not visible`,
  pair: (kind: string) => `${kind} pair`,
  tunnel: (kind: string) => `${kind} tunnel`,
  stacked: (kind: string, lower: string) => `${kind} on ${lower}`,
  bridgePort: (port: number, bridge: string, state: string) => `port ${port} of ${bridge}, ${state}`,
};
