import type { MapMoves } from "../actions/action";
import type { Actions } from "../actions/actions";
import type { HostKey } from "../model/hostkey";
import { type Tone, TONE, TONES } from "../model/kinds";
import { el, refill } from "../parts/dom";
import { bridgeGlyph, chipGlyph, icons } from "../parts/icons";
import { MapCanvas } from "../render/canvas";
import { attachGestures } from "../render/gestures";
import { followed, ghostMs, LONGEST_MS, type Trace } from "../render/overlay";
import { readPalette } from "../render/palette";
import { boxToReveal } from "../render/reveal";
import { type Centre, centreOf, fit, reveal, type View, viewAround, zoomAt } from "../render/view";
import type { Box } from "../scene/items";
import type { Item, Point } from "../scene/items";
import type { Scene } from "../scene/scene";
import { t } from "../words/current";
import { LessonBox } from "./lessonbox";
import type { Lesson } from "./teaching";

/** The distance at which a pointer still selects a small item, in pixels. */
const REACH = 6;
const REACH_TOUCH = 14;
const MARGIN = 16;

export interface MapEvents {
  select(at: HostKey | null): void;
  viewed(centre: Centre): void;
  hint(at: HostKey): readonly [string, string] | null;
}

/** The map with its buttons, legend and tooltip. */
export class MapPanel implements MapMoves {
  readonly element: HTMLElement;
  readonly changes = el("div", { class: "changes", attrs: [["aria-hidden", "true"]] });
  private readonly notice = el("div", {
    class: "notice bad",
    attrs: [
      ["hidden", ""],
      ["role", "status"],
    ],
  });
  /** Says how many results of a search are highlighted, and ends the search. */
  private readonly search = el("div", { class: "notice found", attrs: [["hidden", ""]] });
  private readonly searchCount = el("span", { attrs: [["role", "status"]] });
  /** What was copied, for screen readers. */
  private readonly spoken = el("div", { class: "off-screen", attrs: [["role", "status"]] });
  private readonly lesson = new LessonBox((text) => {
    this.spoken.textContent = text;
  });
  private readonly canvas = el("canvas", {
    attrs: [
      ["tabindex", 0],
      ["role", "img"],
      ["aria-label", t.map.canvas],
    ],
  });
  private readonly tooltip = el("div", {
    class: "tooltip",
    attrs: [
      ["hidden", ""],
      ["aria-hidden", "true"],
    ],
  });
  private readonly percent: HTMLElement;
  private readonly legend = el("div", { class: "legend" });
  readonly map: MapCanvas;
  private scene: Scene | null = null;
  private host = "";
  private overlay = { selected: "", lit: [] as readonly string[], found: null as ReadonlySet<string> | null };
  private hovered = "";
  private traces: readonly Trace[] = [];
  private legendTimer = 0;
  private fitted: View | null = null;
  /** What is in the middle of the map. */
  centre: Centre = { x: 0, y: 0, k: 1 };
  private readonly still = matchMedia("(prefers-reduced-motion: reduce)");

  constructor(
    private readonly events: MapEvents,
    actions: Actions,
  ) {
    this.map = new MapCanvas(this.canvas, readPalette(document.documentElement));
    this.percent = actions.button("zoom-full", { class: "button percent" }, t.map.percent(100));
    const smaller = actions.button("zoom-out", { class: "button glyph" }, icons.minus());
    const larger = actions.button("zoom-in", { class: "button glyph" }, icons.plus());
    const zoom = el("div", { class: "zoom" }, smaller, this.percent, larger);
    const all = actions.button("fit", { class: "button" }, t.map.fit);
    const foot = el(
      "div",
      { class: "foot" },
      el("div", { class: "said" }, this.changes, this.legend),
      el("div", { class: "controls" }, all, zoom),
    );
    this.element = el(
      "main",
      { class: "map", attrs: [["aria-label", t.map.name]] },
      this.canvas,
      this.lesson.element,
      this.notice,
      this.search,
      this.spoken,
      foot,
      this.tooltip,
    );
    refill(this.search, this.searchCount, actions.button("end-search", { class: "button small" }));
    this.attach();
  }

  private attach(): void {
    attachGestures(this.canvas, {
      view: () => this.map.view,
      setView: (view) => {
        this.setView(view);
      },
      farthest: () => this.farthest(),
      hover: (at) => {
        this.hover(at);
      },
      click: (at) => {
        this.events.select(this.hostKey(this.itemAt(at)?.ref ?? ""));
      },
    });
    new ResizeObserver(() => {
      this.measure();
    }).observe(this.element);
  }

  private measure(): void {
    const { clientWidth, clientHeight } = this.element;
    if (clientWidth === 0 || clientHeight === 0) return;
    const { width, height } = this.map.size;
    const fitted = this.isFitted;
    this.map.resize(clientWidth, clientHeight, devicePixelRatio);
    if (width === clientWidth && height === clientHeight) return;
    if (fitted) this.fitAll();
    else if (this.scene !== null) this.setView(this.map.view);
  }

  /** Shows a scene, which contains everything that is drawn on the map of a host. */
  setScene(scene: Scene, host: string): void {
    this.measure();
    this.scene = scene;
    this.host = host;
    this.map.setScene(scene);
    this.drawLegend();
  }

  /** Redraws the parts of the map that have changed, and shows the marks of changed items for a moment. */
  changed(boxes: readonly Box[], marks: readonly Item[]): void {
    this.map.spoil(boxes);
    const since = performance.now();
    const fresh = this.traces.filter((trace) => since - trace.since < LONGEST_MS);
    this.traces = [...followed(fresh, this.scene), ...marks.map((item) => ({ item, since }))];
    this.show();
    this.legendTimer ||= window.setTimeout(() => {
      this.legendTimer = 0;
      this.drawLegend();
    }, 250);
  }

  recolour(): void {
    this.map.setPalette(readPalette(document.documentElement));
  }

  setOverlay(overlay: Partial<{ selected: string; lit: readonly string[]; found: ReadonlySet<string> | null }>): void {
    this.overlay = { ...this.overlay, ...overlay };
    this.show();
  }

  private show(): void {
    this.map.setOverlay({ ...this.overlay, hovered: this.hovered, traces: this.traces, still: this.still.matches });
  }

  // -- functions that change the visible part of the map

  get view(): View {
    return this.map.view;
  }

  setView(view: View): void {
    const { width, height } = this.map.size;
    this.setBoth(view, centreOf(view, width, height));
  }

  private setBoth(view: View, centre: Centre): void {
    this.map.setView(view);
    this.percent.textContent = t.map.percent(Math.round(view.k * 100));
    this.hideTooltip();
    this.centre = centre;
    this.events.viewed(centre);
  }

  /** Moves a point of the map to the middle. */
  setCentre(centre: Centre): void {
    this.measure();
    const { width, height } = this.map.size;
    this.setBoth(viewAround(centre, width, height), centre);
  }

  /** Shows everything. It stays so when the size of the map changes, until the person moves the map. */
  fitAll(): void {
    if (this.scene === null) return;
    const { width, height } = this.map.size;
    const view = fit(this.scene.bounds, width, height - 48, MARGIN);
    this.setView(view);
    this.fitted = view;
  }

  /** Whether the view is the one that shows everything. */
  get isFitted(): boolean {
    return this.fitted !== null && this.fitted === this.map.view;
  }

  /**
   * Sets the first view: it shows everything or, on a small screen, the upper left part, large enough to read names.
   */
  fitFirst(): void {
    this.measure();
    this.fitAll();
    const { width } = this.map.size;
    const view = this.map.view;
    const few = this.scene !== null && this.scene.bounds.w < 1_600;
    if (width < 500 && few && view.k < 0.45)
      this.setView({ x: 8, y: Math.max(MARGIN, 60 * 0.45), k: Math.max(view.k, 0.45) });
  }

  /**
   * Moves the map as little as possible so that something on it is visible.
   */
  reveal(ref: string): void {
    const box = this.scene === null ? null : boxToReveal(this.scene.itemsOf(ref));
    const { width, height } = this.map.size;
    if (box !== null) this.setView(reveal(this.map.view, box, width, height, 48));
  }

  private farthest(): number {
    if (this.scene === null) return 0.1;
    const { width, height } = this.map.size;
    return fit(this.scene.bounds, width, height, MARGIN).k * 0.6;
  }

  zoomBy(factor: number): void {
    this.zoomTo(this.map.view.k * factor);
  }

  pan(dx: number, dy: number): void {
    const { x, y, k } = this.map.view;
    this.setView({ x: x + dx, y: y + dy, k });
  }

  zoomTo(k: number): void {
    const { width, height } = this.map.size;
    this.setView(zoomAt(this.map.view, { x: width / 2, y: height / 2 }, k, this.farthest()));
  }

  // -- functions for the pointer on the map

  get hasFocus(): boolean {
    return document.activeElement === this.canvas;
  }

  private hostKey(key: string): HostKey | null {
    return key === "" ? null : { host: this.host, key };
  }

  private itemAt(at: Point): Item | null {
    const reach = matchMedia("(pointer: coarse)").matches ? REACH_TOUCH : REACH;
    return this.scene?.at(this.map.toMap(at), reach / this.map.view.k) ?? null;
  }

  private hover(at: Point | null): void {
    const item = at === null ? null : this.itemAt(at);
    const ref = item === null || item.type === "region" ? "" : item.ref;
    this.canvas.classList.toggle("pointing", ref !== "");
    if (ref !== this.hovered) this.setHovered(ref);
    if (at === null || ref === "") this.hideTooltip();
    else this.showTooltip(ref, at);
  }

  /** Highlights the namespace, link or edge under the pointer. The pointer may be on the map or in the outline. */
  setHovered(ref: string): void {
    this.hovered = ref;
    this.show();
  }

  private showTooltip(ref: string, at: Point): void {
    const words = this.events.hint({ host: this.host, key: ref });
    if (words === null) return this.hideTooltip();
    refill(this.tooltip, el("strong", {}, words[0]), el("br"), words[1]);
    this.tooltip.hidden = false;
    const { width, height } = this.map.size;
    const left = Math.min(at.x + 14, width - this.tooltip.offsetWidth - 8);
    const below = at.y + 20 + this.tooltip.offsetHeight < height;
    this.tooltip.style.left = `${Math.max(8, left)}px`;
    this.tooltip.style.top = `${below ? at.y + 18 : at.y - this.tooltip.offsetHeight - 10}px`;
  }

  private hideTooltip(): void {
    this.tooltip.hidden = true;
  }

  // -- functions that show texts on the map

  /** Shows the map in grey while its data is not live. */
  setState(state: string): void {
    this.element.className = `map ${state}`;
  }

  /** Shows a problem, with the server's own sentence as a detail. Null hides the problem. */
  setNotice(problem: { readonly text: string; readonly detail: string } | null): void {
    this.notice.hidden = problem === null;
    refill(this.notice, problem?.text ?? "", problem === null ? null : el("small", {}, problem.detail));
  }

  /** Shows how many results of a search are highlighted; null if there is no search. */
  setFound(count: number | null): void {
    this.search.hidden = count === null;
    this.searchCount.textContent = count === null ? "" : t.map.found(count);
  }

  focus(): void {
    this.canvas.focus({ preventScroll: true });
  }

  /** Shows on an empty map what to do. Null hides this text. */
  setTeaching(lesson: Lesson | null): void {
    this.lesson.show(lesson, ghostMs(this.traces, performance.now()));
  }

  /** Shows in the legend the kinds of links that are on the map now. */
  private drawLegend(): void {
    const tones = new Set<Tone>();
    let down = false;
    for (const item of this.scene?.items() ?? []) {
      if (item.type === "bar") tones.add(TONE.bar);
      if (item.type !== "chip") continue;
      down ||= item.down;
      if (!item.down) tones.add(item.tone);
    }
    const entries = TONES.filter(({ tone, inLegend }) => inLegend && tones.has(tone)).map(({ tone, form }) => {
      const glyph = tone === TONE.bar ? bridgeGlyph() : chipGlyph(tone, form, false);
      return el("span", {}, glyph, t.legend[tone]);
    });
    if (down) entries.push(el("span", {}, chipGlyph(TONE.pair, "outline", true), t.common.down));
    const sign = entries.map((entry) => entry.textContent).join();
    if (this.legend.dataset["sign"] === sign) return;
    this.legend.dataset["sign"] = sign;
    refill(this.legend, ...entries);
    for (const entry of entries)
      for (const glyph of entry.children)
        for (const [name, px] of [
          ["width", 14],
          ["height", 12],
        ] as const)
          glyph.setAttribute(name, String(px));
  }
}
