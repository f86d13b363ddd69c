import { defaultRoutes } from "../../model/facts";
import { addressesOf } from "../../model/facts";
import { isInside } from "../../model/kinds";
import { command, goTo, group, row, warning } from "../../parts/rows";
import { linkKey } from "../../wire/key";
import type { Namespace, Owner } from "../../wire/schema";
import { counted } from "../../words/format";
import { commandIn, quote } from "../commands";
import type { Page } from "../page";
import { trafficRow } from "../rates";
import { hopWords } from "./routes";
import { gapWords, noteWords } from "../../words/notes";
import { GAP_CODES } from "../../wire/tables";

const HOLDERS = new Map([
  ["name", "a name in /run/netns"],
  ["mount", "a mount elsewhere"],
  ["process", "processes"],
  ["descriptor", "an open file descriptor"],
  ["peer", "a far end alone"],
]);

/** Links whose traffic is shown at once. */
const TRAFFIC = 4;

/** What a namespace is, who holds it, where it reaches, and what could not be read. */
export function namespaceOverview(page: Page, namespace: Namespace): void {
  warnings(page, namespace);
  if (namespace.is_host) hostGroup(page);
  identity(page, namespace);
  addresses(page, namespace.id);
  reach(page, namespace.id);
  traffic(page, namespace.id);
}

function warnings(page: Page, namespace: Namespace): void {
  const { store, body } = page;
  for (const note of namespace.notes) warning(body, note.code, noteWords(note));
  if (!namespace.readable) warning(body, "not readable", "Only links and addresses of this namespace can be had.");
  const gaps = [...store.of(namespace.id, "gap"), ...(namespace.is_host ? store.of("", "gap") : [])];
  for (const gap of gaps) {
    const sum = gap.total > 0 ? ` ${gap.shown} of ${gap.total} are shown.` : "";
    warning(body, `${gap.subject}: ${GAP_CODES[gap.cause]}`, gapWords(gap) + sum);
  }
  if (!namespace.is_host) return;
  for (const missing of store.host?.missing ?? []) warning(body, "The agent cannot see everything", noteWords(missing));
}

function hostGroup(page: Page): void {
  const { host } = page.store;
  if (host === null) return;
  const part = group(page, "Host", host.practice ? "a private network for practice" : "");
  row(page, part, "Name", host.hostname);
  row(page, part, "Kernel", host.kernel, { remark: host.machine });
  row(page, part, "Boot", host.boot_id);
  row(page, part, "Agent", host.agent_version);
  command(page, part, "uname -nrm");
}

function identity(page: Page, namespace: Namespace): void {
  const { store } = page;
  const part = group(page, "Identity");
  const cookie = /^\d+$/.test(namespace.id) ? `cookie ${namespace.id}` : namespace.id;
  row(page, part, "Namespace", namespace.inode === null ? namespace.id : `net:[${namespace.inode}]`, {
    remark: namespace.inode === null ? "" : cookie,
  });
  if (namespace.nsid !== null)
    row(page, part, "nsid", String(namespace.nsid), { remark: "as the agent's observer sees it" });
  for (const [at, name] of namespace.names.entries())
    row(page, part, at === 0 ? "Name" : "also", name, { remark: "in /run/netns" });
  for (const mount of namespace.mounts) row(page, part, "Mounted on", mount);
  const holders = namespace.held_by.map((holder) => HOLDERS.get(holder) ?? holder).join(", ");
  if (holders !== "") row(page, part, "Held by", holders, { words: true });
  const owner = store.owner(namespace.id);
  if (owner !== null) ownerRows(page, part, owner);
  const pid = owner?.pid ?? null;
  if (pid !== null) command(page, part, `lsns -t net -p ${pid} -o NS,NETNSID,PID,COMMAND`);
  else if (namespace.names[0] !== undefined)
    command(page, part, `stat -L -c %i ${quote(`/run/netns/${namespace.names[0]}`)}`);
  else if (namespace.is_host) command(page, part, "readlink /proc/1/ns/net");
}

function ownerRows(page: Page, part: HTMLElement, owner: Owner): void {
  for (const one of owner.containers) {
    row(page, part, "Container", one.name === "" ? one.id : one.name, { remark: one.runtime });
    if (one.name !== "") row(page, part, "Container id", one.id);
    if (one.image !== "") row(page, part, "Image", one.image);
    if (one.pod !== "") row(page, part, "Pod", one.pod, { remark: one.pod_namespace });
    if (one.pod_uid !== "") row(page, part, "Pod UID", one.pod_uid);
  }
  const first = owner.processes.find((one) => one.pid === owner.pid);
  if (owner.pid !== null) row(page, part, "First process", String(owner.pid), { remark: first?.name ?? "" });
}

function addresses(page: Page, ns: string): void {
  const { store } = page;
  const part = group(page, "Addresses", counted(store.count(ns, "addr"), "address", "addresses"));
  for (const link of store.links(ns)) {
    const found = addressesOf(store, link);
    for (const [at, address] of found.entries()) {
      const name = at === 0 ? link.ifname : "";
      const master = store.master(link);
      const peer = store.peer(link);
      const far = peer === null ? null : store.master(peer);
      const place =
        at > 0
          ? ""
          : far !== null
            ? goTo(page, `to ${far.ifname}`, linkKey(far))
            : master !== null
              ? goTo(page, `port of ${master.ifname}`, linkKey(master))
              : "";
      row(page, part, name, `${address.address}/${address.prefix}`, { remark: place });
    }
    if (!isInside(link.kind) && link.address !== "")
      row(page, part, found.length > 0 ? "MAC" : link.ifname, link.address);
  }
  command(page, part, commandIn(store, ns, "ip", "-br address"));
}

function reach(page: Page, ns: string): void {
  const { store } = page;
  const part = group(page, "Reach");
  const routes = defaultRoutes(store, ns);
  if (routes.length === 0) row(page, part, "Default", "none", { words: true, remark: "no default route in main" });
  for (const route of routes) {
    for (const hop of route.hops)
      row(page, part, "Default", hopWords(store, ns, hop), {
        remark: route.metric === 0 ? "" : `metric ${route.metric}`,
      });
    if (route.hops.length === 0)
      row(page, part, "Default", route.nexthop === null ? route.type : `nexthop ${route.nexthop}`);
  }
  const settings = store.of(ns, "sysctl")[0]?.values ?? [];
  for (const name of ["net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding"]) {
    const found = settings.find((one) => one.name === name);
    if (found !== undefined)
      row(page, part, name.includes("ipv4") ? "Forwarding" : "Forwarding v6", found.value, { remark: name });
  }
  command(page, part, commandIn(store, ns, "ip", "route show default"));
}

function traffic(page: Page, ns: string): void {
  const links = page.store.links(ns).filter((link) => !isInside(link.kind) && link.admin_up);
  if (links.length === 0) return;
  const part = group(
    page,
    "Traffic",
    links.length > TRAFFIC ? `${TRAFFIC} of ${links.length} links, the others under Links` : "over the last 2 s",
  );
  for (const link of links.slice(0, TRAFFIC)) trafficRow(page, part, link);
  command(page, part, commandIn(page.store, ns, "ip", "-s link"));
}
