import { GAP_PARAMS, NOTE_PARAMS } from "../wire/tables";
import type { Gap, Note, Problem } from "../wire/schema";
import { t } from "./current";
import type { Argument } from "./en/notes";

function argumentsOf(params: readonly string[], args: readonly string[]): Argument {
  return (name) => {
    const value = args[params.indexOf(name)] ?? "?";
    return name === "subject" ? subjectName(value) : value;
  };
}

/**
 * Returns the displayed name of a kind of data that the agent reads, such as "route rules". If the catalogue has no
 * name for it, this is the agent's name.
 */
export function subjectName(subject: string): string {
  return t.subjects.get(subject) ?? subject;
}

/** Returns the sentence that the page shows for a note: a code with its arguments, sent by the agent or the server. */
export function noteWords(note: Note): string {
  return t.notes[note.code](argumentsOf(NOTE_PARAMS[note.code], note.args));
}

/** Returns the sentence that explains why something is not shown. `names` replaces the name of the gap's subject. */
export function gapWords(gap: Gap, names = subjectName(gap.subject)): string {
  const missing = { subject: names, left: gap.total - gap.shown, total: gap.total };
  return t.gaps[gap.cause](missing, argumentsOf(GAP_PARAMS[gap.cause], gap.args));
}

/** Returns the meaning of a problem's code, and the sentence that the server sent with it. */
export function problemWords({ code, text }: Problem): { readonly text: string; readonly detail: string } {
  const known = new Map<string, unknown>(Object.entries(t.problems)).get(code);
  return {
    text: typeof known === "string" ? known : t.problems.unknown,
    detail: t.problems.detail(code, text),
  };
}
