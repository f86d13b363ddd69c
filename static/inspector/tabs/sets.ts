import { command, group, row } from "../../parts/rows";
import type { Element, NfObject, NfSet } from "../../wire/schema";
import { t } from "../../words/current";
import { grouped, listed, short } from "../../words/format";
import { verdictWords } from "../../words/notation";
import { bytesWords, objectTypeWord, setTypeWord } from "../../words/tables";
import { commandIn, quote } from "../commands";
import type { Page } from "../page";
import { whole } from "../statebook";

/** The number of elements that are listed for each set. */
const SHOWN = 200;

/** Shows the sets and maps of a namespace with their elements, and the named objects with their counters. */
export function setsOf(page: Page, ns: string): void {
  for (const one of page.store.of(ns, "nf_set")) drawSet(page, one);
  const objects = page.store.of(ns, "nf_object");
  if (objects.length === 0) return;
  const part = group(page, t.inspector.netfilter.objects, t.common.objects(objects.length));
  for (const one of objects) drawObject(page, part, one);
  command(page, part, commandIn(page.store, ns, "nft", "list counters"));
}

function drawObject(page: Page, part: HTMLElement, one: NfObject): void {
  const value = row(page, part, objectTypeWord(one.type), `${one.table} ${one.name}`, {
    remark: listed([t.inspector.netfilter.uses(one.uses), one.comment]),
  });
  if (one.type !== 1) return;
  page.live(() => {
    const now = page.book.netfilter(one.ns, {
      family: one.family,
      table: one.table,
      chain: "",
      handle: 0,
      name: one.name,
    });
    if (now === null) return;
    const count = t.inspector.netfilter.counter(grouped(whole(now.packets)), short(Number(whole(now.bytes)), "B"));
    value.textContent = `${one.table} ${one.name}  ${count}`;
  });
}

function drawSet(page: Page, one: NfSet): void {
  const parts = page.store
    .of(one.ns, "nf_elements")
    .filter((part) => part.family === one.family && part.table === one.table && part.set === one.name);
  const elements = parts.sort((a, b) => a.part - b.part).flatMap((part) => part.elements);
  const isMap = one.flags.includes("map");
  const part = group(page, `${isMap ? "map" : "set"} ${one.table} ${one.name}`, t.common.elements(one.count));
  const words = t.inspector.netfilter;
  const facts = [
    ...one.flags,
    one.timeout_ms === null ? "" : words.timeout(one.timeout_ms / 1000),
    one.size === 0 ? "" : words.upTo(one.size),
    one.comment,
  ];
  row(page, part, words.keys, words.keysOf(setTypeWord(one.key_type), one.key_length), {
    remark: listed(facts),
    words: true,
  });
  const shown = elements
    .slice(0, SHOWN)
    .map((element) => elementWords(one, element))
    .filter((text) => text !== "");
  if (shown.length > 0) row(page, part, words.elements, shown.join("\n"));
  if (elements.length > SHOWN) row(page, part, "", words.moreElements(elements.length - SHOWN), { words: true });
  command(
    page,
    part,
    commandIn(
      page.store,
      one.ns,
      "nft",
      `list ${isMap ? "map" : "set"} ${one.family} ${quote(one.table)} ${quote(one.name)}`,
    ),
  );
}

function elementWords(one: NfSet, element: Element): string {
  const key = element.catch_all ? "*" : bytesWords(one.key_type, element.key);
  const end = element.key_end === "" ? "" : `-${bytesWords(one.key_type, element.key_end)}`;
  const data =
    verdictWords(element.verdict) ||
    element.object ||
    (element.data === "" ? "" : bytesWords(one.data_type, element.data));
  const comment = element.comment === "" ? "" : ` "${element.comment}"`;
  return `${element.interval_end ? "< " : ""}${key}${end}${data === "" ? "" : ` : ${data}`}${comment}`;
}
