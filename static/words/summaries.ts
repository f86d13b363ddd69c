import type { Store } from "../model/store";
import type { Gap, Namespace } from "../wire/schema";
import { GAP_CODES } from "../wire/tables";
import { t } from "./current";
import { clock, listed } from "./format";
import { subjectName } from "./notes";

/** Describes a namespace in a few words, such as "host namespace", "named namespace" or "Kubernetes pod". */
export function namespaceNature(store: Store, namespace: Namespace): string {
  return natureOf(store, namespace).long;
}

/** Describes a namespace in a few words, without the word "namespace": "host", "named", "Docker container". */
export function shortNature(store: Store, namespace: Namespace): string {
  return natureOf(store, namespace).short;
}

function natureOf(store: Store, namespace: Namespace): { readonly long: string; readonly short: string } {
  const { natures } = t;
  if (namespace.is_host) return store.host?.practice === true ? natures.practiceHost : natures.host;
  const owner = store.owner(namespace.id);
  const containers = owner?.containers ?? [];
  if (containers.some((one) => one.pod_uid !== "")) return natures.pod;
  if (containers.length > 0) {
    const words = containerWords(containers[0]?.runtime ?? "");
    return { long: words, short: words };
  }
  if (namespace.names.length > 0) return natures.named;
  if (namespace.mounts.length > 0) return natures.mounted;
  return owner !== null && owner.pid !== null ? natures.anonymous : natures.byPeer;
}

const RUNTIMES: ReadonlyMap<string, string> = new Map([
  ["docker", "Docker"],
  ["podman", "Podman"],
  ["crio", "CRI-O"],
]);

function containerWords(runtime: string): string {
  return runtime === "" ? t.natures.someContainer : t.natures.container(RUNTIMES.get(runtime) ?? runtime);
}

/**
 * Describes what netfilter's forward hook does by default: "policy DROP, 10 rules". Returns null if no chain is
 * registered at this hook.
 */
export function forwardPolicy(store: Store, ns: string): string | null {
  const chains = store.of(ns, "nf_chain").filter((chain) => {
    return (
      chain.base?.hook === "forward" &&
      chain.base.type === "filter" &&
      (chain.family === "ip" || chain.family === "inet")
    );
  });
  if (chains.length === 0) return null;
  const drops = chains.some((chain) => chain.base?.policy === "drop");
  const rules = chains.reduce((sum, chain) => sum + chain.rules, 0);
  return t.map.policy(drops ? "DROP" : "ACCEPT", t.common.rules(rules));
}

/** Writes the most frequent process of a namespace as "5 × nginx"; empty if no process is known. */
export function processLine(store: Store, ns: string): string {
  const groups = store.owner(ns)?.processes ?? [];
  const first = groups.reduce<(typeof groups)[number] | null>(
    (best, g) => (best !== null && best.count >= g.count ? best : g),
    null,
  );
  return first === null ? "" : `${first.count} × ${first.name}`;
}

/**
 * Says how many entities of a namespace are left out because of a limit: "3,112 links not shown". It is empty if there
 * are none.
 */
export function cutWords(store: Store, ns: string): string {
  const cut = store.of(ns, "gap").filter(({ cause, total, shown }) => GAP_CODES[cause] === "cut" && total > shown);
  return listed(cut.map(({ subject, total, shown }) => t.map.notShown(total - shown, subjectName(subject))));
}

/** Gaps of a namespace whose data was read before and can no longer be read. The data is still shown. */
export function frozenGaps(store: Store, ns: string): readonly Gap[] {
  return store.of(ns, "gap").filter(({ cause, since_ms }) => since_ms > 0 && GAP_CODES[cause] !== "cut");
}

/** Says as of when data of a namespace is shown that can no longer be read: "as of 12:03:11". Empty if all is current. */
export function frozenWords(store: Store, ns: string): string {
  const frozen = frozenGaps(store, ns);
  return frozen.length === 0 ? "" : t.map.asOf(clock(Math.min(...frozen.map(({ since_ms }) => since_ms))));
}
