import { button, el, refill } from "../../parts/dom";
import { command, group } from "../../parts/rows";
import { table, tableRow } from "../../parts/tables";
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
  const listeners = table(part, [facts.protocol, facts.address, `#${facts.port}`, facts.process, "#pid"], []);
  part.append(trouble, again, outcome);
  command(page, part, commandIn(page.store, ns, "ss", "-Hltunp"));
  const counts = group(page, words.connections, words.connectionsRemark);
  const none = el("p", { class: "empty" });
  const connections = table(counts, [facts.protocol, `#${facts.port}`, facts.state, `#${facts.count}`], []);
  counts.append(none);
  command(page, counts, commandIn(page.store, ns, "ss", "-Htun"));
  page.live(() => {
    const frame = page.book.frame(ns, "sockets");
    listeners.hidden = connections.hidden = frame === null;
    const found = page.book.values(ns, "sockets", "listener").toSorted((a, b) => a.port - b.port);
    const rows = found.map((one) => [
      one.protocol,
      place(page, ns, one),
      String(one.port),
      one.pid === null ? { text: t.common.notVisible, class: "quiet" } : processWords(one.process, one.others),
      one.pid === null ? "" : String(one.pid),
    ]);
    refill(listeners, ...rows.map((row) => tableRow(row, [false, false, true, false, true])));
    const shown = frame === null ? 0 : frame.values.length;
    trouble.textContent =
      frame === null
        ? words.notRead
        : [
            found.length === 0 ? words.nothing : "",
            frame.total > shown ? words.notAll(shown, frame.total) : "",
            frame.missing === null ? "" : noteWords(frame.missing),
          ]
            .filter((text) => text !== "")
            .join(t.common.space);
    const connected = page.book.values(ns, "sockets", "connections");
    refill(
      connections,
      ...connected.map(({ protocol, port, state, count }) =>
        tableRow(
          [protocol, port === 0 ? words.otherPorts : String(port), state, grouped(count)],
          [false, true, false, true],
        ),
      ),
    );
    none.textContent = frame !== null && connected.length === 0 ? words.noConnections : "";
  });
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
