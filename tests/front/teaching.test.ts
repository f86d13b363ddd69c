import { expect, test } from "vitest";
import { Store } from "../../static/model/store";
import { lessonOf } from "../../static/shell/teaching";
import { sample, World } from "./world";

function lesson(world: World): string | undefined {
  const store = new Store();
  store.replace(world.entities);
  return lessonOf(store)?.title;
}

test("a host with only the host namespace shows a hint", () => {
  const world = new World();
  world.link("1", "eth0", "physical");
  expect(lesson(world)).toBe("This host has only the host namespace so far");
});

test("a host with a pair, a bridge or a namespace shows no hint", () => {
  for (const kind of ["veth", "bridge"]) {
    const world = new World();
    world.link("1", "one", kind);
    expect(lesson(world), kind).toBeUndefined();
  }
  expect(lesson(sample())).toBeUndefined();
  expect(lessonOf(new Store())).toBeNull();
});
