import { counted, number } from "./count";

/** Words of the page around the map: top bar, outline, search, and other parts with few words. */
export const page = {
  inspector: "Inspector",
  hosts: "Hosts",
  host: "Host",
  practice: (host: string) => `${host} (practice)`,
  outline: "Outline",
  outlineOfHost: "Outline: namespaces and links of the host",
  namespacesShort: (count: number) => `${number(count)} netns`,
  views: "Views",
  help: "Help",
  light: "Light colours",
  dark: "Dark colours",
  copy: "Copy",
  copied: (text: string) => `Copied ${text}`,
  copyRefused: "The browser did not allow copying.",
  showMore: (count: number) => `Show ${number(count)} more`,
};

export const search = {
  hint: "Name, address, MAC, container, route",
  label: "Search by name, address, MAC, container or route",
  results: "Search results",
  nothing: "No name, address, MAC, route or process matches.",
  more: (count: number) => `${number(count)} more, highlighted on the map`,
  namespace: "namespace",
  name: "name",
  container: "container",
  containerId: "container ID",
  pod: "pod",
  podUid: "pod UID",
  process: (name: string) => `process ${name}`,
  pid: (pid: string) => `pid ${pid}`,
  mac: (address: string) => `MAC ${address}`,
  alias: (alias: string) => `alias ${alias}`,
  altname: (name: string) => `altname ${name}`,
  address: (address: string) => `address ${address}`,
  neighbour: (address: string) => `neighbour ${address}`,
  neighbourWithMac: (address: string, mac: string) => `neighbour ${address}, MAC ${mac}`,
  fdbEntry: (mac: string) => `FDB entry ${mac}`,
  onNetwork: (address: string) => `same network as ${address}`,
  route: (destination: string) => `route ${destination}`,
  routeVia: (destination: string, gateway: string) => `route ${destination} via ${gateway}`,
};

export const freshness = {
  states: { live: "live", stale: "stale", never: "never connected", lost: "disconnected" },
  lost: (ago: string) => `connection lost ${ago}, reconnecting`,
  signedOut: "signed out",
  connecting: "connecting",
  live: (lag: string) => `live, ${lag}`,
  never: "waiting for the host's agent",
  stale: (since: string, ago: string) => `stale since ${since}, ${ago}`,
};

export const teaching = {
  waitingTitle: "Waiting for the first snapshot",
  waiting: "The map appears when the host's agent has sent its first snapshot.",
  emptyTitle: "This host has only the host namespace so far",
  empty: (first: string, second: string) =>
    `Start a container, or create a namespace: run ${first}, then ${second}. The map then shows it at once.`,
};

/** Words for changes of the last minutes. The map lists these changes, and a screen reader announces them. */
export const recent = {
  title: "Recent changes",
  more: (count: number) => counted(count, "more change", "more changes"),
  speak: (title: string, words: string) => `${title}: ${words}`,
  sentence: ". ",
  namespaceAdded: "namespace added",
  namespaceRemoved: "namespace removed",
  namespaceChanged: "properties of the namespace changed",
  added: (what: string) => `${what} added`,
  removed: (what: string) => `${what} removed`,
  nowPortOf: (master: string) => `now a port of ${master}`,
  movedFrom: (namespace: string) => `moved here from ${namespace}`,
  address: (address: string) => `address ${address}`,
  addressChanged: (address: string) => `address ${address} changed`,
  route: (destination: string) => `route ${destination}`,
  table: (family: string, name: string) => `table ${family} ${name}`,
  chain: (table: string, name: string) => `chain ${table} ${name}`,
  rule: (priority: number) => `route rule ${priority}`,
  rulesIn: (count: number, table: string, chain: string) => `${counted(count, "rule")} in ${table} ${chain}`,
  renamedFrom: (name: string) => `renamed from ${name}`,
  setUp: "set to up",
  setDown: "set to down",
  noLongerPort: "no longer a port",
  carrier: "has a carrier",
  carrierLost: "lost its carrier",
  mtu: (now: number, before: number) => `mtu ${now}, was ${before}`,
  mac: (now: string, before: string) => `MAC ${now}, was ${before}`,
  changed: (fields: string) => `${fields} changed`,
};
