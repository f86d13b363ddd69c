import { GAP_PARAMS, type GapCause, NOTE_PARAMS, type NoteCode } from "../wire/tables";
import type { Gap, Note, Verdict } from "../wire/schema";

/** A code's arguments by their names; one that is missing is a question mark. */
type Args = (name: string) => string;

function argsOf(params: readonly string[], args: readonly string[]): Args {
  return (name) => args[params.indexOf(name)] ?? "?";
}

const NOTES: Readonly<Record<NoteCode, (arg: Args) => string>> = {
  "name-without-namespace": (arg) => `The name ${arg("name")} leads to no network namespace.`,
  "peer-beyond-sight": () => "The kernel names a peer in a namespace that cannot be seen from here.",
  "far-end-missing": () => "The kernel names another end that did not exist when it was read.",
  "peer-ambiguous": (arg) =>
    `It points at ifindex ${arg("ifindex")} of namespace ${arg("ns")}, which does not point back.`,
  "no-observer": () => "Namespaces cannot be observed from outside (needs CAP_SYS_ADMIN and CAP_NET_ADMIN).",
  "no-events-elsewhere": () =>
    "Changes in other namespaces are not reported when they happen (needs CAP_NET_BROADCAST).",
  "processes-hidden": () => "Some processes, and their namespaces, cannot be inspected (needs CAP_SYS_PTRACE).",
  "namespaces-closed": () => "Some namespaces cannot be entered (needs CAP_SYS_ADMIN over them).",
  "programs-by-number": () =>
    "BPF programs are shown by number, and those attached by tcx not at all (needs CAP_SYS_ADMIN in the initial user namespace).",
  "socket-owners-hidden": () =>
    "The processes of some sockets are unknown (needs CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH).",
  "namespace-closed": () => "This namespace cannot be entered.",
  "not-readable": (arg) => `Reading ${arg("subject")} here needs ${arg("right")}, which the agent does not have.`,
  "kernel-refused": (arg) => `The kernel refused to report ${arg("subject")}: ${arg("error")}.`,
  "as-written": (arg) => arg("text"),
};

/** What a note says, for people. */
export function noteWords(note: Note): string {
  return NOTES[note.code](argsOf(NOTE_PARAMS[note.code], note.args));
}

const GAPS: Readonly<Record<GapCause, (gap: Gap, arg: Args) => string>> = {
  "subject-budget": (gap) => `${leftOut(gap)} are not shown: more than the agent keeps of them.`,
  "host-budget": (gap) => `${leftOut(gap)} are not shown: the host has more than the agent keeps.`,
  "namespace-budget": (gap) => `${leftOut(gap)} are not shown: the host has more than the agent keeps.`,
  "snapshot-size": (gap, arg) =>
    `${number(gap.total - gap.shown)} entities are not shown: the host has more than a snapshot of ${arg("limit_bytes")} bytes holds.`,
  "missing-right": (gap, arg) => `Reading ${gap.subject} here needs ${arg("right")}, which the agent does not have.`,
  closed: () => "This namespace cannot be entered (needs CAP_SYS_ADMIN over it).",
  "kernel-refused": (gap, arg) => `The kernel refused to report ${gap.subject}: ${arg("error")}.`,
  "as-written": (_, arg) => arg("text"),
};

function leftOut(gap: Gap): string {
  return `${number(gap.total - gap.shown)} of ${number(gap.total)} ${gap.subject}`;
}

function number(value: number): string {
  return value.toLocaleString("en");
}

/** Why something is not shown, for people. */
export function gapWords(gap: Gap): string {
  return GAPS[gap.cause](gap, argsOf(GAP_PARAMS[gap.cause], gap.args));
}

/** A verdict as nft(8) writes it; empty for none. */
export function verdictWords(verdict: Verdict | null): string {
  if (verdict === null) return "";
  return verdict.chain === "" ? verdict.code : `${verdict.code} ${verdict.chain}`;
}
