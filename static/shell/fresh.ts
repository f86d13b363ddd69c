import { between, type Moment } from "../sources/moment";
import type { Confirmation, Connection } from "../sources/source";
import { type Freshness, SILENT_S } from "../wire/schema";
import { t } from "../words/current";
import { ago, clock } from "../words/format";

/** How fresh the map is: as a word for the style sheet, and as a sentence for people. */
export interface Fresh {
  readonly state: "live" | "connected" | "stale" | "never" | "connecting" | "lost";
  readonly words: string;
  /** For a live map: the milliseconds until it is no longer live, if nothing confirms it before. */
  readonly left?: number;
}

/** The last report of the server about a host's freshness, and when the page received it. */
export interface Report {
  readonly frame: Freshness;
  readonly at: Moment;
}

/** For how many milliseconds after a change the page shows how long that change was on its way (the lag). */
const LAG_SHOWN_MS = 10_000;

const SILENT_MS = SILENT_S * 1_000;

/**
 * Determines how fresh the map is. It is live only if the server confirmed the map a moment ago, by the page's own
 * clock: a server that is frozen or a network that is cut sends no message that would say so.
 */
export function freshOf(
  connection: Connection,
  report: Report | null,
  confirmed: Confirmation | null,
  now: Moment,
): Fresh {
  if (connection.state === "lost") {
    return { state: "lost", words: t.freshness.lost(ago(now.wall - connection.since)) };
  }
  if (connection.state === "signed-out") return { state: "lost", words: t.freshness.signedOut };
  if (connection.state === "connecting" || report === null || confirmed === null) {
    return { state: "connecting", words: t.freshness.connecting };
  }
  const unanswered = between(confirmed.asked, now);
  if (unanswered > SILENT_MS) {
    return { state: "stale", words: t.freshness.noAnswer(clock(now.wall - unanswered), ago(unanswered)) };
  }
  return answered(report, unanswered + confirmed.silent_ms, now);
}

function answered({ frame, at }: Report, age: number, now: Moment): Fresh {
  switch (frame.state) {
    case "never":
      return { state: "never", words: t.freshness.never };
    case "connected":
      return { state: "connected", words: t.freshness.connected };
    case "stale":
      return { state: "stale", words: t.freshness.stale(clock(frame.since_ms), ago(now.wall - frame.since_ms)) };
    case "live":
      // The server process of this page has not heard a heartbeat yet.
      if (age > now.wall) return { state: "stale", words: t.freshness.never };
      if (age > SILENT_MS) return { state: "stale", words: t.freshness.silent(clock(now.wall - age), ago(age)) };
      return { state: "live", words: t.freshness.live(lag(frame, between(at, now))), left: SILENT_MS - age };
  }
}

function lag(frame: Freshness, age: number): string {
  return frame.lag_ms > 0 && age < LAG_SHOWN_MS ? t.common.milliseconds(frame.lag_ms) : "";
}
