/** Why a frame is refused; the same codes as the other decoders'. */
export type Code =
  | "too-large"
  | "not-json"
  | "too-deep"
  | "unknown-type"
  | "unknown-field"
  | "missing-field"
  | "bad-type"
  | "bad-value"
  | "too-long"
  | "bad-order";

/** A frame that is refused: `code` says why, `where` at which place of the frame (`put[3].ifindex`). */
export class WireError extends Error {
  constructor(
    readonly code: Code,
    text: string,
    readonly where = "",
  ) {
    super(where === "" ? `${code}: ${text}` : `${code} at ${where}: ${text}`);
  }
}
