import { describe, expect, test } from "vitest";
import { type Fresh, freshOf } from "../../static/shell/fresh";
import { between } from "../../static/sources/moment";
import type { Freshness } from "../../static/wire/schema";

const OPEN = { state: "open" } as const;

function at(ms: number): { wall: number; steady: number } {
  return { wall: 1_800_000_000_000 + ms, steady: ms };
}

/** How fresh the map is `later` ms after the last question that the server answered. */
function shown(frame: Partial<Freshness>, later: number, silent_ms = 0): Fresh {
  const report = { t: "freshness", host: "h", state: "live", since_ms: 0, lag_ms: 0, ...frame } as const;
  return freshOf(OPEN, { frame: report, at: at(0) }, { asked: at(0), silent_ms }, at(later));
}

describe("how fresh the map is", () => {
  test("a map that the server confirmed a moment ago is live", () => {
    expect(shown({}, 1_500, 2_000)).toEqual({ state: "live", words: "live", left: 1_500 });
  });

  test("the lag of a change is shown for some seconds after the change, and not for ever", () => {
    expect(shown({ lag_ms: 38 }, 1_000).words).toBe("live, 38 ms");
    const frame = { t: "freshness", host: "h", state: "live", since_ms: 0, lag_ms: 38 } as const;
    const later = freshOf(OPEN, { frame, at: at(0) }, { asked: at(60_000), silent_ms: 0 }, at(60_500));
    expect(later.words).toBe("live");
  });

  test("a map is not live when the server has answered no question for 5 seconds", () => {
    expect(shown({}, 4_900).state).toBe("live");
    const stale = shown({}, 5_100);
    expect(stale.state).toBe("stale");
    expect(stale.words).toMatch(/^no answer from the server since \d\d:\d\d:\d\d, 5 seconds ago$/);
  });

  test("a map is not live when the agent has sent no heartbeat for 5 seconds", () => {
    expect(shown({}, 500, 4_400).state).toBe("live");
    const stale = shown({}, 500, 37_000);
    expect(stale.state).toBe("stale");
    expect(stale.words).toMatch(/^no word from the agent since/);
    expect(stale.words).toMatch(/38 seconds ago$/);
  });

  test("a map whose agent the server has never heard is stale, without a time", () => {
    expect(shown({}, 500, Number.MAX_SAFE_INTEGER)).toEqual({ state: "stale", words: "waiting for the host's agent" });
  });

  test("a map of an agent without heartbeats is connected, and stale when the server does not answer", () => {
    expect(shown({ state: "connected" }, 500).state).toBe("connected");
    expect(shown({ state: "connected" }, 7_000).state).toBe("stale");
  });

  test("a map is stale since the moment that the server names", () => {
    const stale = shown({ state: "stale", since_ms: at(-240_000).wall }, 0);
    expect([stale.state, stale.words.includes("4 minutes ago")]).toEqual(["stale", true]);
  });

  test("a host is shown as connecting, and not as never connected, until the server has answered", () => {
    expect(freshOf({ state: "connecting" }, null, null, at(0)).state).toBe("connecting");
    const frame = { t: "freshness", host: "h", state: "live", since_ms: 0, lag_ms: 0 } as const;
    expect(freshOf(OPEN, { frame, at: at(0) }, null, at(0)).state).toBe("connecting");
  });

  test("a lost connection is shown with its age", () => {
    const words = "connection lost 5 seconds ago, reconnecting";
    expect(freshOf({ state: "lost", since: at(0).wall }, null, null, at(5_000))).toEqual({ state: "lost", words });
  });
});

test("a time between two moments is that of the clock that moved further", () => {
  const from = { wall: 1_000, steady: 1_000 };
  expect(between(from, { wall: 61_000, steady: 1_500 })).toBe(60_000); // the laptop slept
  expect(between(from, { wall: -3_600_000, steady: 8_000 })).toBe(7_000); // somebody set the clock back
  expect(between(from, { wall: 0, steady: 0 })).toBe(0);
});
