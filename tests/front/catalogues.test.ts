import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { ACTIONS } from "../../static/actions/table";
import { LINK_KINDS, GAP_PARAMS, NOTE_PARAMS } from "../../static/wire/tables";
import { loadWords } from "../../static/words/current";
import { en } from "../../static/words/en";
import { ago, clock, duration, fieldValue, grouped, short } from "../../static/words/format";
import { languageOf } from "../../static/words/language";
import { gapWords, noteWords, problemWords } from "../../static/words/notes";
import { zhHans } from "../../static/words/zh_hans";
import { allEntries, type Entry, marked } from "./catalogue";
import { KERNEL_WORDS } from "./kernel_words";
import { entity } from "./world";

const ROOT = resolve(import.meta.dirname, "../..");
const entries = allEntries();

/** Returns a catalogue text without the arguments that were put into it. */
function ours(text: string): string {
  return text.replaceAll(/⟦[^⟧]*⟧/g, "□");
}

/** Returns the words in Latin letters in a Chinese text that should have been translated. */
function foreign(text: string): string[] {
  return (ours(text).match(/[A-Za-z][A-Za-z0-9_]*(?:-in-[A-Za-z0-9]+)?/g) ?? []).filter(
    (word) => word.length > 1 && !KERNEL_WORDS.has(word),
  );
}

function faults(of: (entry: Entry) => boolean): string[] {
  return [...new Set(entries.filter(of).map(({ path, zh, en: text }) => `${path}: ${zh} (${text})`))];
}

describe("the catalogues", () => {
  test("the catalogues have the same entries with the same number of arguments", () => {
    const shape = (words: object, path = ""): string[] =>
      Object.entries(words).flatMap(([name, value]: [string, unknown]) => {
        const here = `${path}.${name}`;
        if (value instanceof Map) return [`${here} map`];
        if (typeof value === "object" && value !== null) return shape(value, here);
        return [typeof value === "function" ? `${here} ${value.length}` : `${here} ${typeof value}`];
      });
    expect(shape(zhHans).sort()).toEqual(shape(en).sort());
    expect(shape(en).length).toBeGreaterThan(450);
  });

  test("no catalogue has an empty text", () => {
    expect(faults(({ path, en: text }) => text === "" && !path.startsWith("kindLabels."))).toEqual([]);
    expect(faults(({ path, zh }) => zh === "" && path !== "common.space")).toEqual([]);
  });

  test("the texts of both languages contain every argument", () => {
    const found = (text: string): string[] => [...new Set(text.match(/⟦[^⟧]*⟧/g) ?? [])].sort();
    expect(faults(({ en: text, zh }) => String(found(text)) !== String(found(zh)))).toEqual([]);
    for (const { path, given, en: text, zh } of entries)
      for (const one of given) {
        if (typeof one === "string") expect(zh, path).toContain(one);
        if (typeof one !== "number") continue;
        for (const words of [text, zh]) expect(words.replaceAll(",", ""), path).toContain(String(one));
      }
  });

  test("an English text is singular or plural according to its number", () => {
    const rules = entries.filter(({ path }) => path === "common.rules").map(({ en: text }) => text);
    expect(rules).toEqual(["1 rule", "2 rules", "1,234,567 rules"]);
  });
});

describe("the Chinese catalogue", () => {
  test("the Chinese catalogue has no English words except those of the kernel", () => {
    expect(faults(({ zh }) => foreign(zh).length > 0)).toEqual([]);
  });

  test("no Chinese text equals the English one, unless all its words are the kernel's", () => {
    expect(faults(({ en: text, zh }) => text === zh && foreign(text).length > 0)).toEqual([]);
  });

  test("punctuation beside Chinese characters is full-width", () => {
    expect(
      faults(({ zh }) => /\p{Script=Han} ?[,;:!?()]|[,;:!?()] ?\p{Script=Han}|\p{Script=Han}\./u.test(zh)),
    ).toEqual([]);
  });

  test("a space separates Chinese characters from Latin letters and numbers", () => {
    expect(faults(({ zh }) => /\p{Script=Han}[A-Za-z0-9]|[A-Za-z0-9]\p{Script=Han}/u.test(ours(zh)))).toEqual([]);
  });

  test("a Chinese text ends with a full stop exactly if the English one does", () => {
    const ends = (text: string, mark: string): boolean => text.endsWith(mark);
    expect(
      faults(({ path, en: text, zh }) => ends(text, ".") !== ends(zh, "。") && !path.startsWith("recent.")),
    ).toEqual([]);
  });

  test("the checks find an English word, a missing space and half-width punctuation", () => {
    expect(foreign(`在 ${marked("x")} 上 running veth`)).toEqual(["running"]);
    expect(/\p{Script=Han}[A-Za-z0-9]/u.test("端口eth0")).toBe(true);
  });

  test("the Chinese catalogue has a name for every kind of link", () => {
    for (const { kind, label } of LINK_KINDS) {
      expect(zhHans.kindLabels.get(kind), kind).toMatch(/\p{Script=Han}/u);
      expect(zhHans.kindLabels.get(kind), kind).not.toBe(label);
    }
  });
});

describe("the English catalogue", () => {
  // Words that the catalogues must not use, because docs/style.md replaces them with others.
  const AVOID =
    /\b(anew|afresh|beyond sight|in sight|far end|for ever|any more|no more|stands? on|so (many|long)|hears?|tells?|told|wish|may not|can be had|by itself:|lit)\b/i;

  test("the English catalogue has none of the words that docs/style.md replaces", () => {
    expect(faults(({ en: text }) => AVOID.test(text))).toEqual([]);
    expect(AVOID.test("a peer that is beyond sight")).toBe(true);
  });

  test("no English text has an exclamation mark", () => {
    expect(faults(({ path, en: text }) => text.includes("!") && !path.includes("meanings"))).toEqual([]);
  });
});

describe("codes", () => {
  afterEach(() => loadWords("en"));

  const given = (params: readonly string[]): string[] => params.map(marked);
  /** Returns the codes of problems that the server or the decoder of the page may name. */
  const problems = (): string[] => {
    const source = readFileSync(resolve(ROOT, "netviz/wire/problems.py"), "utf8");
    const codes = /Code = Literal\[([^\]]*)\]/.exec(source)?.[1] ?? "";
    const views = readdirSync(resolve(ROOT, "netviz/server/web"), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".py"))
      .map((file) => readFileSync(resolve(ROOT, "netviz/server/web", file), "utf8"));
    const named = views.flatMap((text) => [...text.matchAll(/(?:Problem|_refuse)\(\s*"([a-z-]+)"/g)]);
    return [...codes.matchAll(/"([a-z0-9-]+)"/g), ...named].map(([, code = ""]) => code);
  };

  for (const language of ["en", "zh-Hans"] as const) {
    test(`every code of notes, gaps and problems has words (${language})`, async () => {
      await loadWords(language);
      const said = (text: string, name: string): void => {
        expect(text.replaceAll(/⟦[^⟧]*⟧/g, ""), name).not.toBe("");
        if (language === "zh-Hans") expect(text, name).toMatch(/\p{Script=Han}/u);
      };
      for (const [code, params] of Object.entries(NOTE_PARAMS)) {
        const words = noteWords({ code: code as keyof typeof NOTE_PARAMS, args: given(params) });
        for (const arg of given(params)) expect(words, code).toContain(arg);
        if (code !== "as-written") said(words, code);
      }
      for (const [cause, params] of Object.entries(GAP_PARAMS)) {
        const words = gapWords(
          entity("gap", { ns: "1", cause: cause as keyof typeof GAP_PARAMS, args: given(params) }),
        );
        for (const arg of given(params)) expect(words, cause).toContain(arg);
        if (cause !== "as-written") said(words, cause);
      }
      const codes = problems();
      expect(codes).toEqual(
        expect.arrayContaining(["too-large", "bad-order", "signed-out", "no-host", "unreadable", "too-many"]),
      );
      const unknown = problemWords({ t: "problem", code: "made-up", text: "", final: false }).text;
      for (const code of codes) {
        const { text, detail } = problemWords({ t: "problem", code, text: "put[3]", final: false });
        said(text, code);
        expect(text, code).not.toBe(unknown);
        expect(detail).toContain("put[3]");
      }
    });
  }

  test("every subject that the agent reads has a name in both languages", () => {
    const source = readFileSync(resolve(ROOT, "netviz/agent/collect/subjects.py"), "utf8");
    const names = [...source.matchAll(/(?:Subject|_cut)\((?:inside\.ns, )?"([a-z ]+)"/g)].map(([, name = ""]) => name);
    expect(names.length).toBeGreaterThan(15);
    for (const { subjects } of [en, zhHans]) expect(names.filter((name) => !subjects.has(name))).toEqual([]);
  });

  test("every row of the table of actions has a label in both languages", () => {
    expect(ACTIONS.map(({ name }) => name).sort()).toEqual(Object.keys(en.actions).sort());
  });
});

describe("numbers, dates and durations", () => {
  afterEach(() => loadWords("en"));

  test("numbers, dates and durations are written in Chinese on a Chinese page", async () => {
    await loadWords("zh-Hans");
    expect(ago(240_000)).toBe("4 分钟前");
    expect(ago(3_000)).toBe("3 秒钟前");
    expect(duration(3_725)).toBe("1 小时 2 分");
    expect(grouped(18446744073709551615n)).toBe("18,446,744,073,709,551,615");
    expect(short(1_240_000, "B/s")).toBe("1.24 MB/s");
    expect(fieldValue("ageing_time_cs", 30_000)).toBe("300 秒");
    expect(fieldValue("vlan_filtering", true)).toBe("开启");
  });

  test("times use the 24-hour clock in both languages", async () => {
    const evening = new Date(2026, 0, 5, 21, 4, 9).getTime();
    expect(clock(evening)).toBe("21:04:09");
    await loadWords("zh-Hans");
    expect(clock(evening)).toBe("21:04:09");
  });

  test("plurals follow the rules of the language", () => {
    expect([ago(1_000), ago(2_000), ago(90_000_000)]).toEqual(["1 second ago", "2 seconds ago", "1 day ago"]);
  });
});

test("the language is that of the page, or English if the page's language has no catalogue", () => {
  expect(["en", "en-GB", "zh-Hans", "zh", "zh-CN", "de", ""].map(languageOf)).toEqual([
    ...["en", "en", "zh-Hans", "zh-Hans", "zh-Hans", "en", "en"],
  ]);
});

test("every entry of the catalogues is used, except those that are looked up by a code", () => {
  const byCode =
    /^(actions|notes|gaps|problems|outcomes|subjects|warnings|keys|kindLabels|legend|freshness\.states|inspector\.(tabs|counters|namespace\.holders|routes\.meanings))\./;
  const sources = readdirSync(resolve(ROOT, "static"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !/^(dist|words\/(en|zh_hans)[/.])/.test(file))
    .map((file) => readFileSync(resolve(ROOT, "static", file), "utf8"))
    .join("\n");
  const unused = [...new Set(entries.map(({ path }) => path))].filter(
    (path) => !byCode.test(path) && !new RegExp(`\\.${path.split(".").at(-1) ?? ""}\\b`).test(sources),
  );
  expect(unused).toEqual([]);
});
