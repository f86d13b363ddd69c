import { isBar, isPaired } from "../model/kinds";
import type { Store } from "../model/store";
import { t } from "../words/current";
import type { Fresh } from "./fresh";

export interface Lesson {
  readonly title: string;
  readonly text: string;
  /** Commands to run on the host, in this order. */
  readonly commands?: readonly string[];
}

/**
 * Returns the text that the map shows until the first snapshot (all entities of the host) has arrived. It names the
 * agent only if the server says that the agent was never there.
 */
export function waiting(state: Fresh["state"]): Lesson {
  if (state === "never") return { title: t.teaching.waitingTitle, text: t.teaching.waiting };
  return { title: t.teaching.connectingTitle, text: t.teaching.connecting };
}

const MAKE_NAMESPACE = "ip netns add demo";
const MAKE_PAIR = "ip link add v0 type veth peer name v1 netns demo";

/**
 * Returns a hint for a host that has only the host namespace, no bridges, and no links that come in pairs. The hint
 * says how to create a namespace, which the map then shows. Returns null for any other host.
 */
export function lessonOf(store: Store): Lesson | null {
  const { ground } = store;
  if (ground === null || store.total("ns") !== 1) return null;
  if (store.links(ground.id).some((link) => isPaired(link.kind) || isBar(link.kind))) return null;
  return { title: t.teaching.emptyTitle, text: t.teaching.empty, commands: [MAKE_NAMESPACE, MAKE_PAIR] };
}
