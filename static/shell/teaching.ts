import { isBar, isPaired } from "../model/kinds";
import type { Store } from "../model/store";

export interface Lesson {
  readonly title: string;
  readonly text: string;
}

/** What to do before anything was drawn. */
export const WAITING: Lesson = {
  title: "Waiting for the first picture",
  text: "The map is drawn as soon as the host's agent has sent it.",
};

/** For a host with next to nothing on it: what would show up here, and how. Null for any other. */
export function lessonOf(store: Store): Lesson | null {
  const { ground } = store;
  if (ground === null || store.total("ns") !== 1) return null;
  if (store.links(ground.id).some((link) => isPaired(link.kind) || isBar(link.kind))) return null;
  const make = "ip netns add demo, then ip link add v0 type veth peer name v1 netns demo";
  return {
    title: "Nothing here yet but the host's own links",
    text: `Start a container, or make a namespace: ${make}. It appears by itself.`,
  };
}
