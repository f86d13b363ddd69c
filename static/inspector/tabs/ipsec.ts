import { type Column, Listing } from "../../parts/listing";
import { command, group } from "../../parts/rows";
import { firstOf, table } from "../../parts/tables";
import type { XfrmSelector } from "../../wire/schema";
import { t } from "../../words/current";
import { restWords } from "../../words/fields";
import { commandIn } from "../commands";
import type { Page } from "../page";

/** Lists the policies and states of IPsec of a namespace. The agent never reads keys. */
export function ipsecTab(page: Page, ns: string): void {
  const { store } = page;
  const words = t.inspector.ipsec;
  const [policies, states] = [store.of(ns, "xfrm_policy"), store.of(ns, "xfrm_state")];
  const defaults = store.of(ns, "xfrm_default");
  const policy = group(page, words.policies, t.common.entries(policies.length));
  const policyColumns: readonly Column[] = [
    { head: words.direction },
    { head: words.selector, under: "" },
    { head: words.details, under: "" },
  ];
  const policyLines = firstOf(page, policy, "policies", policies).map((one) => ({
    cells: [one.direction, selectorWords(one.selector), restWords(one, new Set(["direction", "selector", "family"]))],
  }));
  new Listing(page, policy, policyColumns, policyLines);
  for (const one of defaults) table(policy, [words.defaults], [[restWords(one, new Set())]]);
  command(page, policy, commandIn(store, ns, "ip", "-d xfrm policy"));
  const state = group(page, words.states, words.keysNotRead);
  const stateColumns: readonly Column[] = [
    { head: words.addresses },
    { head: words.spi, under: "" },
    { head: words.details, under: "" },
  ];
  const stateLines = firstOf(page, state, "states", states).map((one) => ({
    cells: [
      `${one.src} > ${one.dst}`,
      `${one.protocol} 0x${one.spi.toString(16)}`,
      restWords(one, new Set(["src", "dst", "protocol", "spi", "nth"])),
    ],
  }));
  new Listing(page, state, stateColumns, stateLines);
  command(page, state, commandIn(store, ns, "ip", "-d xfrm state list nokeys"));
}

function selectorWords(selector: XfrmSelector | null): string {
  if (selector === null) return t.common.any;
  const { src, dst, protocol, sport, dport } = selector;
  return [
    src === "" ? t.common.any : src,
    ">",
    dst === "" ? t.common.any : dst,
    protocol === 0 ? "" : `proto ${protocol}`,
    sport === null ? "" : `sport ${sport}`,
    dport === null ? "" : `dport ${dport}`,
  ]
    .filter((word) => word !== "")
    .join(" ");
}
