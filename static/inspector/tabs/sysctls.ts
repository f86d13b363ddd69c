import { command, empty, group, row } from "../../parts/rows";
import type { Link } from "../../wire/schema";
import { t } from "../../words/current";
import { commandIn, quote } from "../commands";
import type { Page } from "../page";

/** Lists the kernel settings of a namespace that affect packets. */
export function sysctlTab(page: Page, ns: string): void {
  const found = page.store.of(ns, "sysctl")[0]?.values ?? [];
  if (found.length === 0) return empty(page, t.inspector.settings.notRead);
  const part = group(page, t.inspector.tabs.settings, t.inspector.settings.remark);
  part.classList.add("long-names");
  for (const { name, value } of found) row(page, part, name, value);
  command(page, part, commandIn(page.store, ns, "sysctl", found.map(({ name }) => quote(name)).join(" ")));
}

/** Lists the IPv4 and IPv6 settings of one link. */
export function linkSettings(page: Page, link: Link): void {
  if (link.ipv4 === null && link.ipv6 === null) empty(page, t.inspector.link.noSettings(link.ifname));
  for (const [family, settings] of [
    ["ipv4", link.ipv4],
    ["ipv6", link.ipv6],
  ] as const) {
    if (settings === null) continue;
    const part = group(page, family === "ipv4" ? "IPv4" : "IPv6", `net.${family}.conf.${link.ifname}`);
    part.classList.add("long-names");
    for (const [name, value] of Object.entries(settings)) row(page, part, name, String(value));
    const pattern = `net.${family}.conf.${link.ifname.replaceAll(".", "/")}.`;
    command(page, part, commandIn(page.store, link.ns, "sysctl", `-a --pattern ${quote(`^${pattern}`)}`));
  }
}
