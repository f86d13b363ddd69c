import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Boot, BootHost } from "../../static/shell/boot";
import { HostList } from "../../static/shell/topbar";
import { clock } from "../../static/words/format";
import { fakePage, type FakeElement } from "./fake_dom";

beforeEach(() => {
  fakePage(1_440);
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const LOADED = new Date(2026, 3, 5, 14, 3, 7).getTime();

/** Returns the rows of a list with these hosts, of which the first is the host of the page. */
function rows(...states: readonly BootHost["state"][]): { list: HostList; rows: readonly FakeElement[] } {
  const hosts = states.map((state, at) => ({ id: `h${at}`, name: `host-${at}`, url: "", state, practice: false }));
  const boot: Boot = { host: "h0", hosts, user: { name: "", team: "", role: "" }, socket: "" };
  const list = new HostList(boot, LOADED);
  return { list, rows: (list.element as unknown as FakeElement).children.slice(1) };
}

function said(row: FakeElement | undefined): string {
  return (row?.children ?? []).map(({ text, classes }) => `${text}${[...classes].join(" ")}`).join("|");
}

test("a host that the page does not follow is never shown as live, and its state has a time", () => {
  const [, live, stale, never] = rows("live", "live", "stale", "never").rows;
  expect(said(live)).toBe(`state unknown|host-1|connected, ${clock(LOADED)}`);
  expect(said(live)).not.toMatch(/\blive\b/);
  expect(said(stale)).toContain("state unknown|host-2|stale, ");
  expect(said(never)).toContain("state unknown|host-3|never connected, ");
});

test("the host of the page is not shown as live before the server has confirmed it", () => {
  expect(said(rows("live").rows[0])).toBe("state connecting|host-0|");
});
