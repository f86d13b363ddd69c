/** Why a frame is refused. The codes are those of the other decoders. */
export type Code =
  | "too-large"
  | "not-json"
  | "too-deep"
  | "unknown-type"
  | "unknown-field"
  | "missing-field"
  | "bad-type"
  | "bad-value"
  | "too-long";

/** A frame that is refused: `code` is the reason, `where` the position in the frame (`put[3].ifindex`). */
export class WireError extends Error {
  constructor(
    readonly code: Code,
    readonly text: string,
    readonly where = "",
  ) {
    super(where === "" ? `${code}: ${text}` : `${code} at ${where}: ${text}`);
  }

  /** The same problem with one more step in its position: `step` is a member's name or an item's `[number]`. */
  inside(step: string): WireError {
    const joint = this.where === "" || this.where.startsWith("[") ? "" : ".";
    return new WireError(this.code, this.text, step + joint + this.where);
  }
}
