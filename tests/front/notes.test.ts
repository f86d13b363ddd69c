import { expect, test } from "vitest";
import { verdictWords } from "../../static/words/notation";
import { Store } from "../../static/model/store";
import { gapWords, noteWords } from "../../static/words/notes";
import { frozenWords } from "../../static/words/summaries";
import { setTypeWord } from "../../static/words/tables";
import { GAP_PARAMS, NOTE_PARAMS } from "../../static/wire/tables";
import type { Gap, Note } from "../../static/wire/schema";
import { entity } from "./world";

const given = (params: readonly string[]): string[] => params.map((name) => `<${name}>`);

test("the text of every note is a sentence with all arguments", () => {
  for (const [code, params] of Object.entries(NOTE_PARAMS)) {
    const words = noteWords({ code: code as Note["code"], args: given(params) });
    for (const arg of given(params)) expect(words, code).toContain(arg);
    expect(words.length, code).toBeGreaterThan(0);
  }
});

test("the text of every gap is a sentence with all arguments", () => {
  for (const [cause, params] of Object.entries(GAP_PARAMS)) {
    const gap = entity("gap", { ns: "1", subject: "routes", cause: cause as Gap["cause"], args: given(params) });
    for (const arg of given(params)) expect(gapWords(gap), cause).toContain(arg);
  }
});

test("a namespace of which a limit leaves out something is current, one that can no longer be read is not", () => {
  const store = new Store();
  const frozen = entity("gap", { ns: "1", subject: "routes", cause: "unreachable", since_ms: 7 });
  const cut = entity("gap", { ns: "2", subject: "routes", cause: "host-budget", shown: 1, total: 2, since_ms: 7 });
  store.replace([frozen, cut]);
  expect(frozenWords(store, "1")).not.toBe("");
  expect(frozenWords(store, "2")).toBe("");
});

test("the text of a gap because of a limit has the number left out and the total", () => {
  const gap = entity("gap", { ns: "1", subject: "routes", cause: "subject-budget", shown: 5_000, total: 6_234 });
  expect(gapWords(gap)).toContain("1,234 of 6,234 routes");
});

test("a missing argument of a note becomes a question mark", () => {
  expect(noteWords({ code: "peer-ambiguous", args: ["7"] })).toContain("ifindex 7 of namespace ?");
});

test("a verdict is written as nft writes it", () => {
  expect(verdictWords({ code: "jump", chain: "DOCKER", number: null })).toBe("jump DOCKER");
  expect(verdictWords({ code: "drop", chain: "", number: null })).toBe("drop");
  expect(verdictWords(null)).toBe("");
});

test("a set's type names each part of a concatenation", () => {
  expect(setTypeWord(7)).toBe("ipv4_addr");
  expect(setTypeWord((7 << 6) | 13)).toBe("ipv4_addr . inet_service");
  expect(setTypeWord(63)).toBe("type 63");
});
