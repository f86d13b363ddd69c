import { WireError } from "./problems";
import { DEPTH } from "./schema";

/** The largest number of digits of an integer. An integer with more digits is refused before it is converted. */
const INTEGER_DIGITS = 17;

const QUOTE = 34;
const BACKSLASH = 92;

/**
 * Checks the nesting and the numbers of a JSON text before the browser parses it.
 *
 * Returns the number of members in all objects of the text, because the browser's parser silently drops members with
 * duplicate names. Throws WireError.
 */
export function scan(source: string): number {
  let depth = 0;
  let members = 0;
  for (let at = 0; at < source.length; at++) {
    const char = source.charCodeAt(at);
    if (char === QUOTE) at = endOfString(source, at);
    else if (char === 0x7b || char === 0x5b) {
      depth += 1;
      if (depth > DEPTH) throw new WireError("too-deep", `nested deeper than ${DEPTH} at character ${at}`);
    } else if (char === 0x7d || char === 0x5d) depth -= 1;
    else if (char === 0x3a) members += 1;
    else if (char >= 0x30 && char <= 0x39) at = endOfNumber(source, at) - 1;
  }
  return members;
}

function endOfString(source: string, start: number): number {
  let end = source.indexOf('"', start + 1);
  while (end > 0 && escaped(source, end)) end = source.indexOf('"', end + 1);
  return end < 0 ? source.length : end;
}

function escaped(source: string, quote: number): boolean {
  let backslashes = 0;
  while (source.charCodeAt(quote - 1 - backslashes) === BACKSLASH) backslashes += 1;
  return backslashes % 2 === 1;
}

function endOfNumber(source: string, start: number): number {
  let at = start;
  while (at < source.length && isDigit(source.charCodeAt(at))) at += 1;
  const next = source[at];
  if (next === "." || next === "e" || next === "E") {
    throw new WireError("bad-type", `the number at character ${start} is not an integer, and no field holds another`);
  }
  if (at - start > INTEGER_DIGITS) throw new WireError("bad-value", `an integer of ${at - start} digits`);
  return at;
}

function isDigit(char: number): boolean {
  return char >= 0x30 && char <= 0x39;
}
