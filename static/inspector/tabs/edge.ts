import { type Edge, isPair } from "../../model/graph";
import { namespaceTitle } from "../../model/labels";
import { command, goTo, group, row, warning } from "../../parts/rows";
import { linkKey, nsKey } from "../../wire/key";
import type { Link } from "../../wire/schema";
import { linkState } from "../../words/hints";
import { namespaceNature } from "../../words/summaries";
import { chainOf, tunnelChain } from "../chain";
import { commandIn, quote } from "../commands";
import type { Page } from "../page";
import { trafficRow } from "../rates";
import { noteWords } from "../../words/notes";

/** An edge: the way drawn, then both ends, each with the way to it. */
export function edgeTab(page: Page, edge: Edge, a: Link, b: Link | null): void {
  // From the end that is no port, so that the drawing goes on to the bridge.
  const start =
    b !== null && (edge.kind === "port" || (isPair(edge) && a.master !== null && b.master === null)) ? b : a;
  const way = group(page, wayTitle(edge));
  way.append(edge.kind === "tunnel" && b !== null ? tunnelChain(page, a, b) : chainOf(page, start));
  if (b !== null && isPair(edge) && a.mtu !== b.mtu) {
    warning(
      page.body,
      "The ends have different MTUs",
      `${a.ifname} has ${a.mtu}, ${b.ifname} has ${b.mtu}: what is larger than the smaller is dropped.`,
    );
  }
  const roles =
    edge.kind === "port" ? ["Master", "Port"] : edge.kind === "lower" ? ["Upper", "Lower"] : ["One end", "Other end"];
  end(page, roles[0] ?? "", a);
  if (b !== null) end(page, roles[1] ?? "", b);
  else for (const note of a.notes) warning(page.body, note.code, noteWords(note));
}

function wayTitle(edge: Edge): string {
  if (isPair(edge)) return "The pair";
  if (edge.kind === "port") return "The port";
  return edge.kind === "tunnel" ? "The tunnel" : "What stands on what";
}

function end(page: Page, role: string, link: Link): void {
  const { store } = page;
  const namespace = store.namespace(link.ns);
  const part = group(page, role);
  part.firstElementChild?.append(goTo(page, "Go to", linkKey(link)));
  row(page, part, "Link", goTo(page, link.ifname, linkKey(link)), { remark: `if ${link.ifindex}` });
  const nature = namespace === null ? "" : namespaceNature(store, namespace);
  row(page, part, "Namespace", goTo(page, namespaceTitle(store, link.ns), nsKey(link.ns)), { remark: nature });
  row(page, part, "State", linkState(store, link), { words: true });
  if (link.address !== "") row(page, part, "MAC", link.address);
  if (link.port?.t === "bridge_port")
    row(page, part, "Port", `${link.port.number}, ${link.port.state}`, { words: true });
  trafficRow(page, part, link);
  command(page, part, commandIn(store, link.ns, "ip", `-d link show dev ${quote(link.ifname)}`));
}
