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

/** What the agent reads, in words; the agent's own name for what has none. */
export function subjectName(subject: string): string {
  return t.subjects.get(subject) ?? subject;
}

/** What a note says. */
export function noteWords(note: Note): string {
  return t.notes[note.code](argumentsOf(NOTE_PARAMS[note.code], note.args));
}

/** Why something is not shown. */
export function gapWords(gap: Gap): string {
  const missing = { subject: subjectName(gap.subject), left: gap.total - gap.shown, total: gap.total };
  return t.gaps[gap.cause](missing, argumentsOf(GAP_PARAMS[gap.cause], gap.args));
}

/** What a problem's code means, and the sentence that came with it. */
export function problemWords({ code, text }: Problem): { readonly text: string; readonly detail: string } {
  const known = new Map<string, unknown>(Object.entries(t.problems)).get(code);
  return {
    text: typeof known === "string" ? known : t.problems.unknown,
    detail: t.problems.detail(code, text),
  };
}
