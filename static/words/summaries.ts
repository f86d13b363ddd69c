import type { Store } from "../model/store";
import type { Namespace } from "../wire/schema";
import { counted } from "./format";
import { GAP_CODES } from "../wire/tables";

/** What kind of thing a namespace is, in a few words. */
export function namespaceNature(store: Store, namespace: Namespace): string {
  if (namespace.is_host) return store.host?.practice === true ? "practice host's namespace" : "host namespace";
  const owner = store.owner(namespace.id);
  const containers = owner?.containers ?? [];
  if (containers.some((one) => one.pod_uid !== "")) return "Kubernetes pod";
  if (containers.length > 0) return `${runtimeName(containers[0]?.runtime ?? "")} container`;
  if (namespace.names.length > 0) return "named namespace";
  if (namespace.mounts.length > 0) return "mounted namespace";
  return owner !== null && owner.pid !== null ? "anonymous namespace" : "namespace seen through a far end";
}

function runtimeName(runtime: string): string {
  const names = new Map([
    ["docker", "Docker"],
    ["podman", "Podman"],
    ["crio", "CRI-O"],
    ["containerd", "containerd"],
  ]);
  return names.get(runtime) ?? (runtime === "" ? "" : runtime);
}

/** What the forward hook does by default: "policy DROP, 10 rules"; null where no chain is registered there. */
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
  return `policy ${drops ? "DROP" : "ACCEPT"}, ${counted(rules, "rule")}`;
}

/** "5 × nginx" of a namespace's most frequent processes; empty where none is known. */
export function processLine(store: Store, ns: string): string {
  const groups = store.owner(ns)?.processes ?? [];
  const first = groups.reduce<(typeof groups)[number] | null>(
    (best, g) => (best !== null && best.count >= g.count ? best : g),
    null,
  );
  return first === null ? "" : `${first.count} × ${first.name}`;
}

/** What of a namespace is left out for its number: "3,112 links not shown". Empty where nothing is. */
export function cutWords(store: Store, ns: string): string {
  const cut = store.of(ns, "gap").filter(({ cause, total, shown }) => GAP_CODES[cause] === "cut" && total > shown);
  return cut
    .map(({ subject, total, shown }) => `${(total - shown).toLocaleString("en")} ${subject} not shown`)
    .join(", ");
}
