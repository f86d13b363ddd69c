/** A moment by both clocks of the browser, in milliseconds: the clock of the wall, and one that is never set. */
export interface Moment {
  readonly wall: number;
  readonly steady: number;
}

export function now(): Moment {
  return { wall: Date.now(), steady: performance.now() };
}

/**
 * Returns the milliseconds from one moment to a later one. While a laptop sleeps the steady clock may stand still, and
 * somebody may set the other one back, so the longer of the two times counts.
 */
export function between(from: Moment, to: Moment): number {
  return Math.max(0, to.wall - from.wall, to.steady - from.steady);
}
