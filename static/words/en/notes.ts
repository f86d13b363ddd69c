import type { GapCause, NoteCode } from "../../wire/tables";
import { number } from "./count";

/**
 * Returns a value to insert into a sentence, such as the name in "The name ... does not lead to a network namespace". A
 * missing value becomes a question mark.
 */
export type Argument = (name: string) => string;

/** What is not shown: the plural noun for it (such as "links"), how many are left out, and how many exist. */
export interface Missing {
  readonly subject: string;
  readonly left: number;
  readonly total: number;
}

type Notes = Readonly<Record<NoteCode, (argument: Argument) => string>>;
type Gaps = Readonly<Record<GapCause, (missing: Missing, argument: Argument) => string>>;

/** The sentence of each note (a warning about an entity), by the note's code. */
export const notes: Notes = {
  "name-without-namespace": (argument) => `The name ${argument("name")} does not lead to a network namespace.`,
  "peer-beyond-sight": () => "The peer is in a namespace that the agent cannot see.",
  "far-end-missing": () => "The kernel names a peer, but the peer did not exist when the agent read the links.",
  "peer-ambiguous": (argument) =>
    `This link names ifindex ${argument("ifindex")} of namespace ${argument("ns")} as its peer, but that link does not name this one.`,
  "no-observer": () =>
    "The agent cannot create the namespace in which it receives the events of all namespaces (needs CAP_SYS_ADMIN and CAP_NET_ADMIN).",
  "no-events-elsewhere": () =>
    "Changes in other namespaces are not reported when they happen (needs CAP_NET_BROADCAST).",
  "processes-hidden": () => "Some processes and their namespaces cannot be inspected (needs CAP_SYS_PTRACE).",
  "namespaces-closed": () => "Some namespaces cannot be entered (needs CAP_SYS_ADMIN over them).",
  "programs-by-number": () =>
    "The names of BPF programs, and all programs attached by tcx, cannot be read (needs CAP_SYS_ADMIN in the initial user namespace).",
  "socket-owners-hidden": () =>
    "The processes of some sockets are not known (needs CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH).",
  "namespace-closed": () => "This namespace cannot be entered.",
  "not-readable": (argument) =>
    `The agent cannot read ${argument("subject")}, because it does not have ${argument("right")}.`,
  "kernel-refused": (argument) => `The kernel refused to report ${argument("subject")}: ${argument("error")}.`,
  "attribute-not-read": (argument) =>
    `1 attribute not read: ${argument("number")} of ${argument("enum")}. This agent does not know it.`,
  "attributes-not-read": (argument) =>
    `${argument("count")} attributes not read: ${argument("numbers")} of ${argument("enum")}. This agent does not know them.`,
  "as-written": (argument) => argument("text"),
};

/** The sentence that explains why something is not shown, by its cause. */
export const gaps: Gaps = {
  "subject-budget": (missing) => `${leftOut(missing)} are not shown: the agent's limit for one namespace is reached.`,
  "host-budget": (missing) => `${leftOut(missing)} are not shown: the agent's limit for the host is reached.`,
  "namespace-budget": (missing) => `${leftOut(missing)} are not shown: the agent's limit for the host is reached.`,
  "snapshot-size": ({ left }, argument) =>
    `${number(left)} entities are not shown: a snapshot holds at most ${argument("limit_bytes")} bytes.`,
  "missing-right": ({ subject }, argument) =>
    `The agent cannot read ${subject}, because it does not have ${argument("right")}.`,
  closed: () => "This namespace cannot be entered (needs CAP_SYS_ADMIN over it).",
  unreachable: ({ subject }) =>
    `No name, mount or process leads into this namespace now, so ${subject} can no longer be read.`,
  "agent-away": () => "The agent of this host is not connected, so nothing can be read now.",
  "kernel-refused": ({ subject }, argument) => `The kernel refused to report ${subject}: ${argument("error")}.`,
  "as-written": (_, argument) => argument("text"),
};

function leftOut({ left, total, subject }: Missing): string {
  return `${number(left)} of ${number(total)} ${subject}`;
}

/** Headings and sentences of warnings. */
export const warnings = {
  warning: "Warning",
  notFullyReadable: "Not fully readable",
  onlyLinksAndAddresses: "Only links and addresses of this namespace can be read.",
  agentLimited: "The agent cannot see everything",
  cut: (subject: string) => `${subject}: not all are shown`,
  rights: (subject: string) => `${subject}: the agent lacks a right`,
  kernel: (subject: string) => `${subject}: the kernel refused the request`,
  lost: (subject: string) => `${subject}: no longer readable`,
  asOf: (time: string) => `Shown as of ${time}.`,
  since: (time: string) => `Since ${time}.`,
  shown: (shown: number, total: number) => `${number(shown)} of ${number(total)} entries are shown.`,
};

/**
 * Names for the kinds of data that the agent reads. Each key is the name that the agent gives to a kind. The page shows
 * a kind that is not listed here under the name that the agent gives to it.
 */
export const subjects: ReadonlyMap<string, string> = new Map([
  ["addresses", "addresses"],
  ["devices", "device details"],
  ["fdb", "FDB entries"],
  ["legacy", "legacy tables"],
  ["links", "links"],
  ["namespaces", "namespaces"],
  ["neighbours", "neighbours"],
  ["netfilter", "netfilter"],
  ["netfilter elements", "netfilter elements"],
  ["netfilter rules", "netfilter rules"],
  ["nexthops", "nexthop objects"],
  ["proxies", "proxy neighbours"],
  ["routes", "routes"],
  ["rules", "route rules"],
  ["snapshot", "entities"],
  ["sockets", "sockets"],
  ["counters", "link counters"],
  ["sysctls", "kernel settings"],
  ["tc", "qdiscs and filters"],
  ["tcx", "tcx programs"],
  ["team", "team ports"],
  ["vlans", "VLANs"],
  ["mdb", "multicast groups"],
  ["vnis", "VNIs of vxlans"],
  ["ipsec", "IPsec policies and states"],
  ["wireguard", "WireGuard"],
]);

/**
 * Sentences for problems that the server or the page's own decoder reports, by code. They say "a message", because the
 * faulty frame may come from either side.
 */
export const problems = {
  "too-large": "A message is too large. The page reconnects.",
  "not-utf8": "A message is not valid UTF-8. The page reconnects.",
  "not-json": "A message is not valid JSON. The page reconnects.",
  "too-deep": "A message is nested too deeply. The page reconnects.",
  "unknown-type": "A message has an unknown type: page and server do not have the same version. Reload the page.",
  "unknown-field": "A message has an unknown field: page and server do not have the same version. Reload the page.",
  "missing-field": "A required field is missing in a message. Reload the page.",
  "bad-type": "A message has a value of the wrong type. Reload the page.",
  "bad-value": "A message has a value that is not allowed. Reload the page.",
  "too-long": "A message has a text or list that is too long. The page reconnects.",
  "bad-order": "A message arrived at the wrong time. The page reconnects.",
  "signed-out": "You are signed out. Sign in again.",
  "no-host": "This host does not exist, or it does not belong to your team.",
  unreadable: "The stored history of this host cannot be read. Ask an administrator to check the server's log.",
  "too-many": "The page sent too many requests. Wait a moment, then reload the page.",
  "too-many-pages": "You have too many pages of the map open. Close some of them, then reload this page.",
  "try-later": "The server cannot read its database at the moment. The page reconnects.",
  unknown: "The server reported a problem.",
  detail: (code: string, text: string) => `${code}: ${text}`,
};

/** Sentences that explain why a request was not done, by the code of its answer. */
export const outcomes = {
  "unknown-namespace": "This namespace no longer exists.",
  failed: "The agent could not read the values.",
  busy: "Too many requests are waiting. Try again in a moment.",
  "no-agent": "The agent of this host is not connected.",
  late: "The agent did not answer in time.",
};
