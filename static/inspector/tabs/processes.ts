import { command, empty, group, row } from "../../parts/rows";
import { table } from "../../parts/tables";
import type { Namespace } from "../../wire/schema";
import { t } from "../../words/current";
import { grouped } from "../../words/format";
import type { Page } from "../page";

/** Lists the names of a namespace's processes, each with the number of processes that have this name. */
export function processesTab(page: Page, namespace: Namespace): void {
  const { facts, processes: words } = t.inspector;
  const owner = page.store.owner(namespace.id);
  if (owner === null || owner.processes.length === 0) {
    return empty(page, namespace.is_host ? words.ofHost : words.none);
  }
  const total = owner.processes.reduce((sum, one) => sum + one.count, 0);
  const part = group(page, t.inspector.tabs.processes, t.common.processes(total));
  table(
    part,
    [facts.name, `#${facts.count}`, `#${words.lowestPid}`],
    owner.processes.map((one) => [one.name, grouped(one.count), String(one.pid)]),
  );
  if (owner.cgroup !== "") row(page, part, words.controlGroup, owner.cgroup);
  command(
    page,
    part,
    namespace.inode === null ? null : `ps -o pid,comm,args -p "$(lsns -n -o PID ${namespace.inode})"`,
  );
}
