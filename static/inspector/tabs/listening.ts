import { button, el, refill } from "../../parts/dom";
import { command, group } from "../../parts/rows";
import { table, tableRow } from "../../parts/tables";
import { commandIn } from "../commands";
import type { Page } from "../page";

/** What listens in a namespace, and who; what is connected, as counts. Read every 10 s, and at once on wish. */
export function listeningTab(page: Page, ns: string): void {
  const again = button("Read again", {
    class: "button small",
    press: () => {
      page.watch("sockets");
    },
  });
  const part = group(page, "Listening", "read every 10 s while it is looked at");
  const trouble = el("p", { class: "empty" });
  const listeners = table(part, ["protocol", "address", "#port", "process", "#pid"], []);
  part.append(trouble, again);
  command(page, part, commandIn(page.store, ns, "ss", "-Hltunp"));
  const counts = group(page, "Connections", "how many, by the listener's port and state");
  const none = el("p", { class: "empty" });
  const connections = table(counts, ["protocol", "#port", "state", "#how many"], []);
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
      one.pid === null ? { text: "none in sight", class: "quiet" } : one.process + more(one.others),
      one.pid === null ? "" : String(one.pid),
    ]);
    refill(listeners, ...rows.map((row) => tableRow(row, [false, false, true, false, true])));
    const shown = frame === null ? 0 : frame.values.length;
    trouble.textContent =
      frame === null
        ? "Not read yet."
        : [
            found.length === 0 ? "Nothing listens here." : "",
            frame.total > shown ? `${shown} of ${frame.total} values are shown.` : "",
            frame.missing,
          ]
            .filter((text) => text !== "")
            .join(" ");
    const connected = page.book.values(ns, "sockets", "connections");
    refill(
      connections,
      ...connected.map(({ protocol, port, state, count }) =>
        tableRow([protocol, port === 0 ? "any other" : String(port), state, String(count)], [false, true, false, true]),
      ),
    );
    none.textContent = frame !== null && connected.length === 0 ? "Nothing is connected." : "";
  });
}

function more(others: number): string {
  return others === 0 ? "" : ` and ${others} more`;
}

/** Where it listens: any address is said in words; a link that it is bound to stands behind. */
function place(
  page: Page,
  ns: string,
  one: { readonly address: string; readonly ifindex: number | null; readonly v6only: boolean },
): string {
  const link = one.ifindex === null ? null : page.store.link({ ns, ifindex: one.ifindex });
  const any = one.address === "::" && !one.v6only ? ":: and 0.0.0.0" : one.address;
  return link === null ? any : `${any} on ${link.ifname}`;
}
