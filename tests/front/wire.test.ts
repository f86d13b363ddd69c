import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { decodeAs } from "../../static/wire/decode";
import { entityKey, linkRef, nsOfKey } from "../../static/wire/key";
import { WireError } from "../../static/wire/problems";
import { DIRECTIONS, FRAME_BYTES } from "../../static/wire/schema";
import { entity } from "./world";

interface Golden {
  readonly name: string;
  readonly direction: keyof typeof DIRECTIONS;
  readonly frame: string;
  readonly code: string | null;
}

function golden(file: string): Golden[] {
  return JSON.parse(readFileSync(resolve(import.meta.dirname, "../golden", file), "utf8")) as Golden[];
}

function codeOf(run: () => unknown): string | null {
  try {
    run();
    return null;
  } catch (problem) {
    return problem instanceof WireError ? problem.code : String(problem);
  }
}

describe("golden frames", () => {
  for (const { name, direction, frame, code } of [...golden("good.json"), ...golden("bad.json")]) {
    test(`the result of the golden frame ${name} is ${code ?? "valid"}`, () => {
      expect(codeOf(() => decodeAs(frame, direction))).toBe(code);
    });
  }
});

test("a frame over the limit is refused before it is parsed", () => {
  expect(codeOf(() => decodeAs(`"${"x".repeat(FRAME_BYTES)}`, "view"))).toBe("too-large");
});

test("a missing field gets its default", () => {
  const frame = decodeAs('{"t":"delta","epoch":"e","seq":1,"put":[{"t":"ns","id":"7"}]}', "view");
  expect(frame).toMatchObject({ drop: [], put: [{ id: "7", names: [], readable: true, nsid: null }] });
});

test("a member named __proto__ is unknown and changes nothing", () => {
  expect(codeOf(() => decodeAs('{"t":"problem","code":"a","text":"b","__proto__":{"final":true}}', "view"))).toBe(
    "unknown-field",
  );
});

test("a key escapes its separators, and can be read back", () => {
  const link = entity("link", { ns: "ino-1/2", ifindex: 3, ifname: "a/b", kind: "veth" });
  expect(entityKey(link)).toBe("link/ino-1\\x2f2/3");
  expect(linkRef(entityKey(link))).toEqual({ ns: "ino-1/2", ifindex: 3 });
  expect(nsOfKey("ns/ino-1\\x2f2")).toBe("ino-1/2");
});

test("a key contains booleans as the Python decoder writes them", () => {
  const neighbour = entity("neigh", { ns: "1", ifindex: 2, family: "ip", address: "10.0.0.1", proxy: true });
  expect(entityKey(neighbour)).toBe("neigh/1/2/10.0.0.1/True");
});

test("a problem deep in a frame names its position", () => {
  const frame =
    '{"t":"delta","epoch":"e","seq":1,"put":[{"t":"ns","id":"7"},{"t":"link","ns":"7","ifindex":1,"ifname":"a","kind":"veth","notes":[{"code":5}]}]}';
  expect(() => decodeAs(frame, "view")).toThrow("bad-type at put[1].notes[0].code: a number, not text");
});
