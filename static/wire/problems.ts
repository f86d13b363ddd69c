/** The reason why a frame is refused. The other decoders (in Python) use the same codes. */
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

/** The error for a refused frame: `code` is the reason, `where` is the position in the frame (`put[3].ifindex`). */
export class WireError extends Error {
  constructor(
    readonly code: Code,
    readonly text: string,
    readonly where = "",
  ) {
    super(where === "" ? `${code}: ${text}` : `${code} at ${where}: ${text}`);
  }

  /**
   * Returns the same error with `step` added before its position. `step` is the name of an object's member, or the
   * `[number]` of an array's element.
   */
  inside(step: string): WireError {
    const joint = this.where === "" || this.where.startsWith("[") ? "" : ".";
    return new WireError(this.code, this.text, step + joint + this.where);
  }
}
