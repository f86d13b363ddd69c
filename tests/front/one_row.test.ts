import { expect, test, vi } from "vitest";

// Adds one row to the generated table of kinds: a kind of paired links for which there is no code.
vi.mock("../../static/wire/tables", async (original) => {
  const tables = await original<typeof import("../../static/wire/tables")>();
  const veth = tables.LINK_KINDS.find(({ kind }) => kind === "veth");
  const pair = { ...veth, kind: "nvtpair", label: "made-up pair" };
  return { ...tables, LINK_KINDS: [...tables.LINK_KINDS, pair] };
});

const { subjectOf } = await import("../../static/inspector/subject");
const { Layout } = await import("../../static/layout/layout");
const { kindOf, isPaired } = await import("../../static/model/kinds");
const { Store } = await import("../../static/model/store");
const { Scene } = await import("../../static/scene/scene");
const { linkKey } = await import("../../static/wire/key");
const { gapWords } = await import("../../static/words/notes");
const { entity, World } = await import("./world");

function paired(): { store: InstanceType<typeof Store>; a: string; b: string } {
  const world = new World();
  const ns = world.ns("inside");
  const [one, two] = world.pair("1", "left", ns, "right", null);
  for (const end of [one, two]) world.put({ ...end, kind: "nvtpair", data: null });
  const store = new Store();
  store.replace(world.entities);
  return { store, a: linkKey(one), b: linkKey(two) };
}

test("a paired kind needs only one row with its label and traits", () => {
  expect(kindOf("nvtpair").label).toBe("made-up pair");
  expect(isPaired("nvtpair")).toBe(true);
});

test("a pair of an added kind is drawn with a wire between its ends", () => {
  const { store, a, b } = paired();
  const scene = new Scene(store, new Layout(store));
  const wires = [...scene.items()].filter((item) => item.type === "wire" || item.type === "stub");
  expect(wires.map(({ ref }) => ref)).toContain(`nvtpair:${a}:${b}`);
});

test("a link of an added kind can be inspected, and so can its pair", () => {
  const { store, a, b } = paired();
  expect(subjectOf(store, a)?.what).toBe("link");
  expect(subjectOf(store, `nvtpair:${a}:${b}`)?.what).toBe("nvtpair pair");
});

test("a gap names its subject, even an unknown one", () => {
  const gap = entity("gap", { ns: "1", subject: "moods", cause: "missing-right", args: ["CAP_MOOD"] });
  expect(gapWords(gap)).toBe("The agent cannot read moods, because it does not have CAP_MOOD.");
});
