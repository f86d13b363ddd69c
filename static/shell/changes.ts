import { el, refill } from "../parts/dom";
import { t } from "../words/current";
import { ago } from "../words/format";
import { corrects, type RecentChange } from "../words/recent";

const SHOWN = 3;
/** The time for which a change stays in the list, in milliseconds. */
const KEPT_MS = 120_000;
/** The shortest time between two announcements to a screen reader, in milliseconds. */
const SPOKEN_MS = 2_000;

/** Lists the recent changes in words, on the map and for screen readers. */
export class ChangeList {
  /** The text that screen readers announce. It is not visible. */
  readonly live = el("div", {
    class: "off-screen",
    attrs: [
      ["role", "status"],
      ["aria-live", "polite"],
    ],
  });
  private latest: { readonly news: RecentChange; readonly since: number; readonly age: HTMLElement }[] = [];
  private unspoken: RecentChange[] = [];
  private timer = 0;

  constructor(private readonly element: HTMLElement) {}

  add(news: readonly RecentChange[]): void {
    if (news.length === 0) return;
    const since = Date.now();
    const fresh = news.slice(0, SHOWN).map((one) => ({ news: one, since, age: el("span") }));
    const stale = (old: RecentChange): boolean => news.some((one) => corrects(one, old));
    const again = (ref: string): boolean => fresh.some((one) => one.news.ref === ref);
    const kept = this.latest.filter((old) => !again(old.news.ref) && !stale(old.news));
    this.latest = [...fresh, ...kept].slice(0, SHOWN);
    this.draw();
    this.unspoken = [...this.unspoken.filter((old) => !stale(old)), ...news];
    this.timer ||= window.setTimeout(() => {
      this.speak();
    }, SPOKEN_MS);
  }

  /** Updates the displayed ages ("3 seconds ago") of the listed changes. */
  age(): void {
    const now = Date.now();
    const kept = this.latest.filter((one) => now - one.since < KEPT_MS);
    if (kept.length !== this.latest.length) {
      this.latest = kept;
      this.draw();
    }
    for (const one of this.latest) one.age.textContent = ago(now - one.since);
  }

  private draw(): void {
    const rows = this.latest.map(({ news, age }) => {
      return el("span", { class: news.kind }, el("i"), el("code", {}, news.title), el("span", {}, news.words), age);
    });
    refill(this.element, rows.length === 0 ? null : el("strong", {}, t.recent.title), ...rows);
    for (const one of this.latest) one.age.textContent = ago(Date.now() - one.since);
  }

  private speak(): void {
    this.timer = 0;
    const [first, second, ...rest] = this.unspoken;
    this.unspoken = [];
    const words = [first, second].flatMap((one) => (one === undefined ? [] : [t.recent.speak(one.title, one.words)]));
    this.live.textContent = [...words, rest.length > 0 ? t.recent.more(rest.length) : ""]
      .filter((part) => part !== "")
      .join(t.recent.sentence);
  }
}
