import { linksOfPort } from "../../model/ports";
import { button, el, refill, setText } from "../../parts/dom";
import { type Column, type Line, Listing } from "../../parts/listing";
import { command, group } from "../../parts/rows";
import { type Cell, table, tableRow } from "../../parts/tables";
import type { Connections, Listener } from "../../wire/schema";
import { t } from "../../words/current";
import { grouped } from "../../words/format";
import { noteWords } from "../../words/notes";
import { commandIn } from "../commands";
import type { Page } from "../page";

/**
 * Lists the listening sockets of a namespace with their processes, and counts its connections. The agent reads them
 * every 10 s, and when a person requests it.
 */
export function listeningTab(page: Page, ns: string): void {
  const { facts, listening: words } = t.inspector;
  const outcome = el("p", { class: "empty", attrs: [["role", "status"]] });
  const again = button(words.readAgain, {
    class: "button small",
    press: () => {
      again.disabled = true;
      void page.readNow(ns, "sockets").then((code) => {
        again.disabled = false;
        outcome.textContent = code === "done" ? "" : t.outcomes[code];
      });
    },
  });
  const part = group(page, t.inspector.tabs.listening, words.remark);
  const trouble = el("p", { class: "empty" });
  const columns: readonly Column[] = [
    { head: facts.protocol },
    { head: facts.port, numeric: true },
    { head: facts.process, rest: true, most: 20 },
    { head: "pid", numeric: true },
    { head: facts.address, under: "" },
  ];
  const listeners = new Listing(page, part, columns);
  part.append(trouble, again, outcome);
  command(page, part, commandIn(page.store, ns, "ss", "-Hltunp"));
  const counts = group(page, words.connections, words.connectionsRemark);
  const none = el("p", { class: "empty" });
  const connections = table(counts, [facts.protocol, `#${facts.port}`, facts.state, `#${facts.count}`], []);
  counts.append(none);
  command(page, counts, commandIn(page.store, ns, "ss", "-Htun"));
  let drawn = "";
  page.live(() => {
    const frame = page.book.frame(ns, "sockets");
    listeners.element.hidden = connections.hidden = frame === null;
    const found = page.book.values(ns, "sockets", "listener").toSorted((a, b) => a.port - b.port);
    const lines = found.map((one) => listenerLine(page, ns, one));
    const connected = page.book.values(ns, "sockets", "connections");
    // While nothing changed, the rows stay as they are, with the focus and with the text that is selected in them.
    const now = JSON.stringify([lines, connected]);
    if (now !== drawn) {
      drawn = now;
      listeners.refill(lines);
      refill(connections, ...connected.map(connectionRow));
    }
    const shown = frame === null ? 0 : frame.values.length;
    const troubles = [
      found.length === 0 ? words.nothing : "",
      frame !== null && frame.total > shown ? words.notAll(shown, frame.total) : "",
      frame === null || frame.missing === null ? "" : noteWords(frame.missing),
    ];
    setText(trouble, frame === null ? words.notRead : troubles.filter((text) => text !== "").join(t.common.space));
    setText(none, frame !== null && connected.length === 0 ? words.noConnections : "");
  });
}

function connectionRow({ protocol, port, state, count }: Connections): HTMLElement {
  const place = port === 0 ? t.inspector.listening.otherPorts : String(port);
  return tableRow([protocol, place, state, grouped(count)], [false, true, false, true]);
}

function listenerLine(page: Page, ns: string, one: Listener): Line {
  return {
    cells: [
      one.protocol,
      String(one.port),
      processCell(page, ns, one),
      one.pid === null ? "" : String(one.pid),
      place(page, ns, one),
    ],
    copy: one.address.includes(":") ? `[${one.address}]:${one.port}` : `${one.address}:${one.port}`,
  };
}

/** Returns the process of a socket. The kernel itself opens the sockets of tunnels such as vxlan. */
function processCell(page: Page, ns: string, one: Listener): Cell {
  const words = t.inspector.listening;
  if (one.pid !== null) return processWords(one.process, one.others);
  const [link, ...others] = one.protocol === "udp" ? linksOfPort(page.store, ns, one.port) : [];
  if (link === undefined) return { text: t.common.notVisible, class: "quiet" };
  return { text: words.kernelFor(processWords(link.ifname, others.length)), class: "" };
}

function processWords(process: string, others: number): string {
  return others === 0 ? process : t.inspector.listening.andMore(process, others);
}

/** Returns the address on which a socket listens, and the link to which the socket is bound. */
function place(
  page: Page,
  ns: string,
  one: { readonly address: string; readonly ifindex: number | null; readonly v6only: boolean },
): string {
  const link = one.ifindex === null ? null : page.store.link({ ns, ifindex: one.ifindex });
  const any = one.address === "::" && !one.v6only ? t.inspector.listening.both("::", "0.0.0.0") : one.address;
  return link === null ? any : t.inspector.listening.onLink(any, link.ifname);
}
