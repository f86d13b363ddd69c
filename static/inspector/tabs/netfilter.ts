import type { Store } from "../../model/store";
import { button, el, setText } from "../../parts/dom";
import { type Column, type Line, Listing } from "../../parts/listing";
import { command, empty, group, row, segmented } from "../../parts/rows";
import { firstOf } from "../../parts/tables";
import { unbroken } from "../../parts/unbroken";
import { entityKey } from "../../wire/key";
import type { Expression, NfChain, NfRule, Verdict } from "../../wire/schema";
import { t } from "../../words/current";
import { grouped, listed, short } from "../../words/format";
import { verdictWords } from "../../words/notation";
import { priorityWord } from "../../words/tables";
import { commandIn, quote } from "../commands";
import type { Page } from "../page";
import { whole } from "../statebook";
import { setsOf } from "./sets";

const HOOKS = ["ingress", "prerouting", "input", "forward", "output", "postrouting", "egress"] as const;

/**
 * For each button of the tab (such as IPv4), the families of the chains that packets of this protocol pass. A chain of
 * the family inet receives both IPv4 and IPv6 packets.
 */
const VIEWS: readonly (readonly [string, string, readonly NfChain["family"][]])[] = [
  ["ip", "IPv4", ["ip", "inet"]],
  ["ip6", "IPv6", ["ip6", "inet"]],
  ["bridge", "bridge", ["bridge"]],
  ["arp", "ARP", ["arp"]],
  ["netdev", "netdev", ["netdev"]],
];

/** Shows netfilter by hook: base chains in order of priority, and the chosen chain with its rules and counters. */
export function netfilterTab(page: Page, ns: string): void {
  const { store } = page;
  const chains = store.of(ns, "nf_chain");
  legacy(page, ns);
  if (chains.length === 0 && store.count(ns, "nf_table") === 0) {
    empty(page, t.inspector.netfilter.noTables);
    return command(page, group(page, t.inspector.facts.command), commandIn(store, ns, "nft", "list ruleset"));
  }
  const views = VIEWS.filter(([, , families]) => chains.some((chain) => families.includes(chain.family)));
  const view = page.choice("family", views[0]?.[0] ?? "ip");
  const families = views.find(([name]) => name === view)?.[2] ?? [];
  if (views.length > 1)
    page.body.append(
      segmented(
        page,
        "family",
        views.map(([name, title]) => [name, title] as const),
        view,
      ),
    );
  const shown = chains.filter((chain) => families.includes(chain.family));
  const chosen = chosenChain(page, shown);
  drawHooks(page, shown, chosen);
  if (chosen !== null) drawChain(page, chosen);
  tables(page, ns);
  setsOf(page, ns);
}

function legacy(page: Page, ns: string): void {
  const found = page.store.of(ns, "legacy_table");
  if (found.length === 0) return;
  const words = t.inspector.netfilter;
  const part = group(page, words.legacy, words.legacyRemark);
  for (const one of found) {
    const tool =
      one.family === "ip" ? "iptables-legacy" : one.family === "ip6" ? "ip6tables-legacy" : "arptables-legacy";
    row(page, part, `${one.family} ${one.name}`, one.rules === null ? words.notCounted : t.common.rules(one.rules));
    command(page, part, commandIn(page.store, ns, tool, `-t ${quote(one.name)} -nvL`));
  }
}

function chosenChain(page: Page, chains: readonly NfChain[]): NfChain | null {
  const key = page.choice("chain", "");
  const known = chains.find((chain) => entityKey(chain) === key);
  const hooked = chains.filter((chain) => chain.base !== null);
  return (
    known ??
    hooked.find((chain) => chain.base?.hook === "forward" && chain.rules > 0) ??
    hooked.find((chain) => chain.rules > 0) ??
    chains[0] ??
    null
  );
}

function rulesOf(store: Store, chain: NfChain): readonly NfRule[] {
  const found = store
    .of(chain.ns, "nf_rule")
    .filter((rule) => rule.family === chain.family && rule.table === chain.table && rule.chain === chain.name);
  return found.sort((a, b) => a.position - b.position);
}

function drawHooks(page: Page, chains: readonly NfChain[], chosen: NfChain | null): void {
  const hooks = el("div", { class: "hooks" });
  for (const hook of HOOKS) {
    const here = chains.filter((chain) => chain.base?.hook === hook);
    if (here.length === 0) continue;
    here.sort((a, b) => (a.base?.priority ?? 0) - (b.base?.priority ?? 0) || a.handle - b.handle);
    hooks.append(
      el("div", { class: "hook" }, el("h3", {}, hook), ...here.map((chain) => chainButton(page, chain, chosen))),
    );
  }
  const others = chains.filter((chain) => chain.base === null);
  if (others.length > 0)
    hooks.append(
      el(
        "div",
        { class: "hook" },
        el("h3", {}, t.inspector.netfilter.regular),
        ...others.map((chain) => chainButton(page, chain, chosen)),
      ),
    );
  page.body.append(hooks);
}

function chainButton(page: Page, chain: NfChain, chosen: NfChain | null): HTMLElement {
  const { base } = chain;
  const packets = el("span");
  const policy =
    base === null
      ? t.common.rules(chain.rules)
      : t.inspector.netfilter.policy(base.policy === "drop" ? "DROP" : "ACCEPT", t.common.rules(chain.rules));
  const named = base === null ? "" : priorityWord(base.priority);
  const priority = el(
    "span",
    { attrs: [["title", named === "" ? null : named]] },
    base === null ? "" : String(base.priority),
  );
  const state = el("span", { class: base?.policy === "drop" ? "bad" : "" }, policy);
  const pressed = [["aria-pressed", String(chosen !== null && entityKey(chain) === entityKey(chosen))]] as const;
  const title = el("strong", {}, ...unbroken(`${chain.family === "inet" ? "inet " : ""}${chain.table} ${chain.name}`));
  const made = button(null, {
    attrs: pressed,
    press: () => {
      page.choose("chain", entityKey(chain));
    },
  });
  made.append(title, priority, state, packets);
  page.live(() => {
    const known = policyCounter(page, chain);
    packets.textContent = known === null ? (base?.devices ?? []).join(", ") : short(Number(whole(known.packets)), "");
  });
  return made;
}

function policyCounter(page: Page, chain: NfChain): { packets: string; bytes: string } | null {
  return counter(page, chain, 0);
}

function counter(page: Page, chain: NfChain, handle: number): { packets: string; bytes: string } | null {
  return page.book.netfilter(chain.ns, {
    family: chain.family,
    table: chain.table,
    chain: chain.name,
    handle,
    name: "",
  });
}

function drawChain(page: Page, chain: NfChain): void {
  const { base } = chain;
  const rules = rulesOf(page.store, chain);
  const words = t.inspector.netfilter;
  const remark =
    base === null
      ? words.handleRemark(words.regularRemark, chain.handle)
      : words.baseRemark(base.type, base.hook, base.priority, chain.handle);
  const part = group(page, `${chain.table} ${chain.name}`, remark);
  if (base?.policy === "drop")
    part.firstElementChild?.append(el("span", { class: "badge bad" }, words.policyBadge("DROP")));
  if (chain.comment !== "") row(page, part, words.comment, chain.comment);
  if (chain.flags.length > 0) row(page, part, words.flags, chain.flags.join(", "));
  if ((base?.devices.length ?? 0) > 0) row(page, part, words.devices, base?.devices.join(", ") ?? "");
  const callers = callersOf(page.store, chain);
  if (callers !== "") row(page, part, words.calledFrom, callers);
  // The page receives rules only after this tab has requested them, so they arrive some time after the chain.
  if (chain.rules > 0 && !page.store.hasBulky(chain.ns))
    part.append(el("p", { class: "empty" }, words.waiting(t.common.rules(chain.rules))));
  const { facts } = t.inspector;
  const columns: readonly Column[] = [
    { head: facts.handle, numeric: true, most: 8 },
    { head: words.match, under: "" },
    { head: words.verdict, most: 25 },
    { head: facts.packets, numeric: true },
    { head: facts.bytesHead, numeric: true, under: "" },
  ];
  const lines = firstOf(page, part, entityKey(chain), rules).map((rule) => ruleLine(page, chain, rule));
  new Listing(page, part, columns, base === null ? lines : [...lines, policyLine(page, chain, base.policy)]);
  const options = `-a list chain ${chain.family} ${quote(chain.table)} ${quote(chain.name)}`;
  command(page, part, commandIn(page.store, chain.ns, "nft", options));
}

function callersOf(store: Store, chain: NfChain): string {
  const callers = new Set<string>();
  for (const rule of store.of(chain.ns, "nf_rule")) {
    if (rule.table !== chain.table || rule.family !== chain.family) continue;
    if (rule.verdict?.chain === chain.name) callers.add(rule.chain);
  }
  return [...callers].join(", ");
}

function ruleLine(page: Page, chain: NfChain, rule: NfRule): Line {
  const [packets, bytes] = counts(page, chain, rule.counter ? rule.handle : null);
  return {
    cells: [String(rule.handle), match(rule), verdict(page, chain, rule.verdict), packets, bytes],
    copy: ruleText(rule),
  };
}

/** Makes the cells of a counter, which update by themselves. A rule without a counter has the handle null. */
function counts(page: Page, chain: NfChain, handle: number | null): readonly [HTMLElement, HTMLElement] {
  const packets = el("span");
  const bytes = el("span");
  page.live(() => {
    const now = handle === null ? null : counter(page, chain, handle);
    const count = now === null ? 0n : whole(now.packets);
    setText(packets, now === null ? "" : grouped(count));
    setText(bytes, now === null ? "" : short(Number(whole(now.bytes)), "B"));
    for (const one of [packets, bytes]) one.className = count === 0n ? "quiet" : "";
  });
  return [packets, bytes];
}

/**
 * Shows the decoded expressions of a rule. An expression that is not decoded is shown by its name, with its bytes as a
 * tooltip.
 */
function match(rule: NfRule): HTMLElement {
  const parts: (Node | string)[] = [];
  for (const expression of rule.expressions) {
    if (expression.text === null) parts.push(unread(expression));
    else if (expression.text !== "" && expression.text !== verdictWords(rule.verdict) && expression.name !== "counter")
      parts.push(...unbroken(`${expression.text} `));
  }
  if (parts.length === 0) parts.push(el("span", { class: "quiet" }, t.inspector.netfilter.anyPacket));
  if (rule.comment !== "") parts.push(el("span", { class: "quiet" }, ...unbroken(` "${rule.comment}"`)));
  return el("span", { class: "mono" }, ...parts);
}

function unread(expression: Expression): HTMLElement {
  return el(
    "span",
    { class: "unread", attrs: [["title", expression.raw.slice(0, 400)]] },
    t.inspector.netfilter.notDecoded(expression.name),
  );
}

function ruleText(rule: NfRule): string {
  const parts = rule.expressions.map((expression) => expression.text ?? `[${expression.name}]`);
  return parts.filter((part) => part !== "").join(" ");
}

function verdict(page: Page, chain: NfChain, given: Verdict | null): Node {
  const target = given === null || given.chain === "" ? null : entityKey({ ...chain, name: given.chain });
  const text = given?.code === "unknown" ? t.inspector.netfilter.unknownTarget : verdictWords(given);
  if (target !== null && page.store.entities.has(target)) {
    const made = button(null, {
      class: "goto mono",
      press: () => {
        page.choose("chain", target);
      },
    });
    made.append(...unbroken(text));
    return made;
  }
  return el("span", { class: given?.code === "drop" ? "bad" : "" }, ...unbroken(text === "" ? "continue" : text));
}

function policyLine(page: Page, chain: NfChain, policy: string): Line {
  const [packets, bytes] = counts(page, chain, chain.counter ? 0 : null);
  const then = el("span", { class: policy === "drop" ? "bad" : "" }, policy);
  const words = el("span", { class: "quiet" }, t.inspector.netfilter.noRuleMatched);
  return { cells: ["", words, then, packets, bytes] };
}

/** Lists the tables, each with its number of chains, and the flowtables. */
function tables(page: Page, ns: string): void {
  const { store } = page;
  const words = t.inspector.netfilter;
  const found = store.of(ns, "nf_table");
  const part = group(page, words.tables, t.common.tables(found.length));
  for (const one of found) {
    const inside = store
      .of(ns, "nf_chain")
      .filter((chain) => chain.table === one.name && chain.family === one.family).length;
    const remarks = [
      t.common.chains(inside),
      ...one.flags,
      one.owner_pid === null ? "" : words.ownedBy(one.owner_pid),
      one.comment,
    ];
    row(page, part, one.family, one.name, { remark: listed(remarks) });
  }
  for (const one of store.of(ns, "nf_flowtable")) {
    row(page, part, "flowtable", `${one.table} ${one.name}`, {
      remark: words.flowtable(one.hook, one.priority, one.devices.join(", ")),
    });
  }
  command(page, part, commandIn(store, ns, "nft", "-a list ruleset"));
}
