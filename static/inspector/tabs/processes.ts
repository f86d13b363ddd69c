import { command, empty, group, row } from "../../parts/rows";
import { table } from "../../parts/tables";
import type { Namespace } from "../../wire/schema";
import { counted } from "../../words/format";
import type { Page } from "../page";

/** Who lives in a namespace. */
export function processesTab(page: Page, namespace: Namespace): void {
  const owner = page.store.owner(namespace.id);
  if (owner === null || owner.processes.length === 0) {
    return empty(
      page,
      namespace.is_host
        ? "The host's own namespace holds what no other does; its processes are not listed."
        : "No process lives here, as far as the agent may see.",
    );
  }
  const total = owner.processes.reduce((sum, one) => sum + one.count, 0);
  const part = group(page, "Processes", counted(total, "process", "processes"));
  table(
    part,
    ["name", "#how many", "#lowest pid"],
    owner.processes.map((one) => [one.name, String(one.count), String(one.pid)]),
  );
  if (owner.cgroup !== "") row(page, part, "Control group", owner.cgroup);
  command(
    page,
    part,
    namespace.inode === null ? null : `ps -o pid,comm,args -p "$(lsns -n -o PID ${namespace.inode})"`,
  );
}
