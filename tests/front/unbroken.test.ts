import { beforeEach, expect, test } from "vitest";
import { unbroken } from "../../static/parts/unbroken";
import { FakeElement, fakePage } from "./fake_dom";

beforeEach(() => {
  fakePage(1_440);
});

/** Returns the parts of a text; those that the browser must not break are in brackets. */
function parts(text: string): string[] {
  return unbroken(text).map((part) => (part instanceof FakeElement ? `[${part.text}]` : String(part)));
}

test("a name with hyphens or slashes stays together", () => {
  expect(parts("master br-0a1b2c 10.0.0.0/8")).toEqual(["master", " ", "[br-0a1b2c]", " ", "[10.0.0.0/8]"]);
});

test("a list of flags can be broken after its commas only", () => {
  expect(parts("<BROADCAST,UP,LOWER_UP>")).toEqual(["[<BROADCAST,]", "[UP,]", "[LOWER_UP>]"]);
});

test("a number with digits in groups stays together", () => {
  expect(parts("65,535")).toEqual(["[65,535]"]);
});

test("a Chinese sentence can be broken anywhere", () => {
  expect(parts("主机命名空间（host-1）")).toEqual(["主机命名空间（host-1）"]);
});

test("no character of a text is lost", () => {
  const text = ' a-b,  c\n"d/e" ,f,, g ';
  expect(parts(text).join("").replaceAll(/[[\]]/g, "")).toBe(text);
});
