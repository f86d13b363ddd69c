import { type Edge, isPair } from "../../model/graph";
import { command, goTo, group, row, warning } from "../../parts/rows";
import { linkKey, nsKey } from "../../wire/key";
import type { Link } from "../../wire/schema";
import { t } from "../../words/current";
import { listed } from "../../words/format";
import { linkState } from "../../words/hints";
import { namespaceTitle } from "../../words/names";
import { noteWords } from "../../words/notes";
import { namespaceNature } from "../../words/summaries";
import { chainOf, tunnelChain } from "../chain";
import { commandIn, quote } from "../commands";
import type { Page } from "../page";
import { trafficRow } from "../rates";

/**
 * Shows an edge (the connection of two links): first a drawing of both links, then each link with a button that selects
 * it.
 */
export function edgeTab(page: Page, edge: Edge, a: Link, b: Link | null): void {
  // The drawing starts from the link that is not a port, so that it can continue from the port to the bridge.
  const start =
    b !== null && (edge.kind === "port" || (isPair(edge) && a.master !== null && b.master === null)) ? b : a;
  const drawing = group(page, titleOf(edge));
  drawing.append(edge.kind === "tunnel" && b !== null ? tunnelChain(page, a, b) : chainOf(page, start));
  if (b !== null && isPair(edge) && a.mtu !== b.mtu) {
    warning(page.body, t.inspector.edge.mtusDiffer, t.inspector.edge.mtusDifferText(a.ifname, a.mtu, b.ifname, b.mtu));
  }
  const [roleA, roleB] = rolesOf(edge);
  end(page, roleA, a);
  if (b !== null) end(page, roleB, b);
  else for (const note of a.notes) warning(page.body, t.warnings.warning, noteWords(note));
}

function titleOf(edge: Edge): string {
  const words = t.inspector.edge;
  if (isPair(edge)) return words.pair;
  if (edge.kind === "port") return words.port;
  return edge.kind === "tunnel" ? words.tunnel : words.stacked;
}

/** Returns the headings for the two links that an edge connects, such as "Master" and "Port". */
function rolesOf(edge: Edge): readonly [string, string] {
  const words = t.inspector.edge;
  if (edge.kind === "port") return [words.master, words.port];
  return edge.kind === "lower" ? [words.upper, words.lower] : [words.oneEnd, words.otherEnd];
}

function end(page: Page, role: string, link: Link): void {
  const { store } = page;
  const namespace = store.namespace(link.ns);
  const part = group(page, role);
  part.firstElementChild?.append(goTo(page, t.inspector.facts.goTo(link.ifname), linkKey(link)));
  const words = t.inspector.edge;
  row(page, part, words.link, goTo(page, link.ifname, linkKey(link)), {
    remark: t.inspector.facts.ifindex(link.ifindex),
  });
  const nature = namespace === null ? "" : namespaceNature(store, namespace);
  row(page, part, words.namespace, goTo(page, namespaceTitle(store, link.ns), nsKey(link.ns)), { remark: nature });
  row(page, part, words.state, linkState(store, link), { words: true });
  if (link.address !== "") row(page, part, "MAC", link.address);
  if (link.port?.t === "bridge_port")
    row(page, part, words.portRow, listed([String(link.port.number), link.port.state]), { words: true });
  trafficRow(page, part, link);
  command(page, part, commandIn(store, link.ns, "ip", `-d link show dev ${quote(link.ifname)}`));
}
