import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Page, When } from "../../static/actions/action";
import { Actions } from "../../static/actions/actions";
import { keysPanel } from "../../static/shell/keyspanel";
import { changeLanguage, languageButton } from "../../static/shell/language";
import { freshOf } from "../../static/shell/fresh";
import { lessonOf } from "../../static/shell/teaching";
import { Layout } from "../../static/layout/layout";
import { Store } from "../../static/model/store";
import { Scene } from "../../static/scene/scene";
import { loadWords, t } from "../../static/words/current";
import { listed } from "../../static/words/format";
import { hintOf } from "../../static/words/hints";
import { recentChanges } from "../../static/words/recent";
import { search } from "../../static/words/search";
import { subjectOf } from "../../static/inspector/subject";
import { FakeElement, fakePage } from "./fake_dom";
import { sample, World } from "./world";

const HAN = /\p{Script=Han}/u;

afterEach(async () => {
  vi.unstubAllGlobals();
  await loadWords("en");
});

/** Makes a page with the server's form for the other language (templates/language.html). */
function servedPage(): { submitted: FakeElement[] } {
  const page = fakePage(1_440);
  const submitted: FakeElement[] = [];
  class FakeForm extends FakeElement {
    getAttribute(name: string): string | null {
      return this.attributes.get(name) ?? null;
    }

    submit(): void {
      submitted.push(this);
    }
  }
  const form = new FakeForm("form");
  form.setAttribute("action", "/language/");
  vi.stubGlobal("HTMLFormElement", FakeForm);
  vi.stubGlobal("document", { ...page, getElementById: (name: string) => (name === "language" ? form : null) });
  vi.stubGlobal("location", { hash: "#at=ns%2F1&tab=routes" });
  return { submitted };
}

describe("the other language", () => {
  test("the other language is requested with the server's form, which has the token and the page to return to", () => {
    const { submitted } = servedPage();
    changeLanguage();
    expect(submitted.map(({ tag }) => tag)).toEqual(["form"]);
  });

  test("a change of language keeps the selection: the address of the form has the page's hash", () => {
    const { submitted } = servedPage();
    changeLanguage();
    expect(submitted[0]?.attributes.get("action")).toBe("/language/#at=ns%2F1&tab=routes");
  });

  test("the button has the other language's name, and its code for a screen reader", async () => {
    const actions = (): Actions =>
      new Actions(
        () => ({}) as Page,
        () => new Set<When>(),
      );
    for (const [language, name, lang] of [
      ["en", "中文", "zh-Hans"],
      ["zh-Hans", "English", "en"],
    ] as const) {
      await loadWords(language);
      fakePage(1_440);
      const made = languageButton(actions()) as unknown as FakeElement;
      expect([made.text, made.attributes.get("lang")]).toEqual([name, lang]);
    }
  });

  test("the change of language is an action", () => {
    const done: string[] = [];
    const page = { changeLanguage: () => done.push("language") } as unknown as Page;
    new Actions(
      () => page,
      () => new Set<When>(),
    ).perform("language");
    expect(done).toEqual(["language"]);
  });
});

describe("a Chinese page", () => {
  beforeEach(() => loadWords("zh-Hans"));

  function filled(world: World): Store {
    const store = new Store();
    store.replace(world.entities);
    return store;
  }

  test("a Chinese page has Chinese words on the map, in tooltips, in the inspector, in the search and in recent changes", () => {
    const store = filled(sample());
    const items = [...new Scene(store, new Layout(store)).items()];
    const region = items.find((item) => item.type === "region");
    expect(listed(region?.summary ?? [])).toBe("10 个命名空间，2 个网桥，32 条链路");
    expect(items.flatMap((item) => (item.type === "plate" ? [item.caption] : []))).toEqual(["默认网关"]);
    expect(items.flatMap((item) => (item.type === "card" ? [item.note] : []))).toContain("具名");
    const [web] = search(store, "web");
    expect(web).toMatchObject({ title: "web", place: "命名空间", reason: "Docker 容器" });
    expect(hintOf(store, web?.ref ?? "")).toEqual(["web", "Docker 容器，172.17.0.2，2 条链路"]);
    expect(subjectOf(store, "ns/1")?.tabs.map(({ title }) => title)).toEqual([
      ...["概览", "链路", "地址", "路由", "邻居", "Netfilter", "进程", "监听", "参数"],
    ]);
    const link = store.links("1").find(({ ifname }) => ifname === "eth0");
    if (link === undefined) throw new Error("the sample has changed");
    expect(subjectOf(store, `link/1/${link.ifindex}`)?.nature).toBe("physical，已启用，MTU 1500");
    const changes = store.apply([{ ...link, mtu: 9_000 }], []);
    expect(recentChanges(store, changes)).toMatchObject([{ title: "build-07 / eth0", words: "MTU 9000，原为 1500" }]);
  });

  test("a Chinese page has the same places on the map as an English page", async () => {
    const places = (): string[] => {
      const store = filled(sample());
      return [...new Scene(store, new Layout(store)).items()].map(({ id, x, y, w, h }) => `${id} ${x} ${y} ${w} ${h}`);
    };
    const chinese = places();
    await loadWords("en");
    expect(places()).toEqual(chinese);
  });

  test("recent changes are sorted by what they are about, in every language", () => {
    const store = filled(sample());
    const link = store.links("1").find(({ ifname }) => ifname === "eth0");
    if (link === undefined) throw new Error("the sample has changed");
    const made = new World("other");
    const ns = made.ns("late");
    const put = made.entities.filter((one) => (one.t === "ns" && one.id === ns) || (one.t === "link" && one.ns === ns));
    const changes = store.apply([{ ...link, mtu: 9_000 }, ...put.map((one) => ({ ...one, ...renamed(one) }))], []);
    expect(recentChanges(store, changes).map(({ kind }) => kind)).toEqual(["added", "changed"]);
  });

  test("a Chinese page says how fresh the map is, and what to do on an empty host", () => {
    const frame = { t: "freshness", host: "h", state: "live", since_ms: 0, lag_ms: 38 } as const;
    const at = { wall: 0, steady: 0 };
    const now = { wall: 5_000, steady: 5_000 };
    expect(freshOf({ state: "open" }, { frame, at }, { asked: at, silent_ms: 0 }, now).words).toBe("实时，38 毫秒");
    expect(freshOf({ state: "lost", since: 0 }, null, null, now).words).toBe("连接于 5 秒钟前断开，正在重连");
    const world = new World();
    world.link("1", "eth0", "physical");
    expect(lessonOf(filled(world))?.text).toMatch(HAN);
  });

  test("a Chinese page lists the keys in Chinese, with every action in the same group", async () => {
    fakePage(1_440);
    const groups = (): string[][] =>
      (keysPanel().body as unknown as FakeElement).children.map((group) => [
        group.children[0]?.text ?? "",
        String(group.children.length),
      ]);
    const chinese = groups();
    expect(chinese.every(([title = ""]) => HAN.test(title))).toBe(true);
    await loadWords("en");
    expect(groups().map(([, count]) => count)).toEqual(chinese.map(([, count]) => count));
    expect(t.language).toBe("en");
  });
});

/** Returns the same entity in a namespace that the sample host does not have. */
function renamed(one: { readonly t: string }): object {
  return one.t === "ns" ? { id: "9100" } : { ns: "9100" };
}
