import { WireError } from "./problems";
import { scan } from "./scan";
import {
  ARRAY_ITEMS,
  DIRECTIONS,
  type Field,
  FRAME_BYTES,
  INTEGER,
  RECORDS,
  type Shape,
  type ViewFrame,
} from "./schema";

/**
 * A function that checks a value and returns it with defaults filled in. If it throws a WireError, its caller adds the
 * position of the value.
 */
type Decoder = (value: unknown) => unknown;

const RECORD_BY_NAME = new Map(RECORDS.map(([name, tag, fields]) => [name, { tag, fields }]));
const recordDecoders = new Map<string, Decoder>();

/**
 * The number of members that the decoders have seen in this frame. If the frame's text has more members, an object in
 * it contains the same name twice.
 */
let seen = 0;

/** Decodes a frame from the server to a browser. Throws WireError. */
export function decode(source: string): ViewFrame {
  return decodeAs(source, "view") as ViewFrame;
}

/**
 * Decodes a frame. `direction` says who sent it and who receives it: "view" means from the server to a browser. Throws
 * WireError.
 */
export function decodeAs(source: string, direction: keyof typeof DIRECTIONS): unknown {
  checkSize(source);
  const members = scan(source);
  const value = parse(source);
  seen = 0;
  let frame: unknown;
  try {
    frame = unionDecoder(DIRECTIONS[direction])(value);
  } catch (problem) {
    // The text is parsed again, because the decoder may have filled in defaults before it failed.
    if (countMembers(parse(source)) !== members) throw doubled();
    throw problem;
  }
  if (seen !== members) throw doubled();
  return frame;
}

function checkSize(source: string): void {
  if (source.length * 3 <= FRAME_BYTES) return;
  const bytes = new TextEncoder().encode(source).length;
  if (bytes > FRAME_BYTES) throw new WireError("too-large", `${bytes} bytes; at most ${FRAME_BYTES}`);
}

function parse(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch (problem) {
    throw new WireError("not-json", problem instanceof Error ? problem.message : "no JSON");
  }
}

function doubled(): WireError {
  return new WireError("not-json", "a member stands twice in one object");
}

function countMembers(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const inner = Object.values(value);
  const below = inner.reduce<number>((sum, member) => sum + countMembers(member), 0);
  return Array.isArray(value) ? below : below + inner.length;
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  const names = new Map([
    ["boolean", "a boolean"],
    ["number", "a number"],
    ["string", "text"],
  ]);
  return names.get(typeof value) ?? "an object";
}

// Matches NUL and lone surrogates, which no text of a frame may contain.
const BAD_TEXT = /[\0\ud800-\udfff]/u;

function textDecoder(limit: number): Decoder {
  return (value) => {
    if (typeof value !== "string") throw new WireError("bad-type", `${typeName(value)}, not text`);
    if (value.length > limit && characters(value) > limit) {
      throw new WireError("too-long", `${characters(value)} characters; at most ${limit}`);
    }
    if (BAD_TEXT.test(value)) throw new WireError("bad-value", "a character that no text may hold");
    return value;
  };
}

function characters(value: string): number {
  let count = 0;
  for (let at = 0; at < value.length; at++) if ((value.charCodeAt(at) & 0xfc00) !== 0xdc00) count += 1;
  return count;
}

function integer(value: unknown): unknown {
  if (!Number.isInteger(value)) throw new WireError("bad-type", `${typeName(value)}, not an integer`);
  if (Math.abs(value as number) > INTEGER) throw new WireError("bad-value", `at most ${INTEGER} in size`);
  return value;
}

function boolean(value: unknown): unknown {
  if (typeof value !== "boolean") throw new WireError("bad-type", `${typeName(value)}, not a boolean`);
  return value;
}

function wordDecoder(words: readonly string[]): Decoder {
  const allowed = new Set<unknown>(words);
  return (value) => {
    if (typeof value !== "string") throw new WireError("bad-type", `${typeName(value)}, not text`);
    if (!allowed.has(value)) throw new WireError("bad-value", `not one of ${words.join(", ")}`);
    return value;
  };
}

function arrayDecoder(inner: Decoder): Decoder {
  return (value) => {
    if (!Array.isArray(value)) throw new WireError("bad-type", `${typeName(value)}, not an array`);
    if (value.length > ARRAY_ITEMS) {
      throw new WireError("too-long", `${value.length} items; at most ${ARRAY_ITEMS}`);
    }
    let at = 0;
    try {
      for (; at < value.length; at++) value[at] = inner(value[at]);
    } catch (problem) {
      throw problem instanceof WireError ? problem.inside(`[${at}]`) : problem;
    }
    return value;
  };
}

/**
 * A parsed object. The decoder reads only the members that the schema names; it refuses an object with any other
 * member.
 */
// eslint-disable-next-line no-restricted-syntax
type Members = { [name: string]: unknown };

function asObject(value: unknown): Members {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new WireError("bad-type", `${typeName(value)}, not an object`);
  }
  return value as Members;
}

function recordDecoder(name: string): Decoder {
  const known = recordDecoders.get(name);
  if (known !== undefined) return known;
  const made = makeRecordDecoder(name);
  recordDecoders.set(name, made);
  return made;
}

function makeRecordDecoder(name: string): Decoder {
  const record = RECORD_BY_NAME.get(name);
  if (record === undefined) throw new Error(`the schema has no record ${name}`);
  const { tag, fields } = record;
  const names = new Set(fields.map(([field]) => field));
  if (tag !== "") names.add("t");
  let plan: readonly (readonly [Field, Decoder])[] | null = null;
  return (value) => {
    // The decoders of the fields are made when the first record is decoded, because a record may contain a record of
    // the same type.
    plan ??= fields.map((field) => [field, decoderOf(field[1])] as const);
    const given = asObject(value);
    for (const member in given) {
      seen += 1;
      if (!names.has(member)) throw new WireError("unknown-field", `${name} has no ${member.slice(0, 64)}`);
    }
    for (const [field, inner] of plan) fill(given, field, inner);
    return given;
  };
}

/**
 * Checks the value of one field of a parsed object, and writes the decoded value, or the default of a missing field,
 * into the same object. Decoding into a new object would double the cost.
 */
function fill(given: Members, field: Field, inner: Decoder): void {
  const name = field[0];
  const value = given[name];
  if (value === undefined) {
    if (field.length === 2) throw new WireError("missing-field", `${name} is missing`);
    given[name] = field[2];
    return;
  }
  try {
    given[name] = inner(value);
  } catch (problem) {
    throw problem instanceof WireError ? problem.inside(name) : problem;
  }
}

function unionDecoder(names: readonly string[]): Decoder {
  const byTag = new Map<unknown, Decoder>(
    names.map((name) => [RECORD_BY_NAME.get(name)?.tag ?? "", recordDecoder(name)]),
  );
  return (value) => {
    const given = asObject(value);
    const tag = given["t"] === undefined ? "" : given["t"];
    if (typeof tag !== "string") throw new WireError("bad-type", `${typeName(tag)}, not text`, "t");
    const inner = byTag.get(tag);
    if (inner !== undefined) return inner(value);
    throw new WireError("unknown-type", `${tag.slice(0, 64)} is no type that may stand here`, "t");
  };
}

function decoderOf(shape: Shape): Decoder {
  switch (shape[0]) {
    case "text":
      return textDecoder(shape[1]);
    case "int":
      return integer;
    case "bool":
      return boolean;
    case "word":
      return wordDecoder(shape[1]);
    case "null": {
      const inner = decoderOf(shape[1]);
      return (value) => (value === null ? null : inner(value));
    }
    case "array":
      return arrayDecoder(decoderOf(shape[1]));
    case "record":
      return recordDecoder(shape[1]);
    case "union":
      return unionDecoder(shape[1]);
  }
}
