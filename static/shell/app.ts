import type { Inspector } from "../inspector/panel";
import { Layout } from "../layout/layout";
import { edgeOfId, edgeStands, litWith } from "../model/graph";
import { isBar, isPaired } from "../model/kinds";
import { litBy } from "../model/search";
import type { Changes, Store } from "../model/store";
import { button, el } from "../parts/dom";
import type { Trace } from "../render/overlay";
import type { View } from "../render/view";
import type { Item } from "../scene/items";
import { Scene } from "../scene/scene";
import { LiveSource } from "../sources/live";
import type { Connection, Source } from "../sources/source";
import { Stores } from "../sources/stores";
import { entityKey } from "../wire/key";
import type { Freshness } from "../wire/schema";
import { hintOf } from "../words/hints";
import { type RecentChange, recentChanges } from "../words/recent";
import { type Place, readPlace, writePlace } from "./address";
import { type Boot, socketUrl } from "./boot";
import { ChangeList } from "./changes";
import { MapPanel } from "./mappanel";
import { Outline } from "./outline";
import { SearchBox } from "./searchbox";
import { themeButton } from "./theme";
import { freshOf, HostList, TopBar } from "./topbar";
import { Tree } from "./tree";

/** The page of a host's map: keeps the topology, and tells its parts what is selected and what has changed. */
export class App {
  private readonly store: Store;
  private layout: Layout | null = null;
  private scene: Scene | null = null;
  private place: Place = readPlace(location.hash);
  private connection: Connection = { state: "connecting" };
  private freshness: Freshness | null = null;
  private inspector: Inspector | null = null;
  private readonly source: Source;
  private readonly stores: Stores;
  private readonly host: string;
  private readonly top: TopBar;
  private readonly hosts: HostList;
  private readonly outline: Outline;
  private readonly search: SearchBox;
  private readonly panel: MapPanel;
  private readonly changes: ChangeList;
  private readonly aside = el("aside", {
    class: "inspector",
    attrs: [
      ["hidden", ""],
      ["aria-label", "Inspector"],
    ],
  });
  private readonly shell: HTMLElement;
  private writing = 0;

  constructor(boot: Boot) {
    this.host = boot.host;
    this.source = new LiveSource(socketUrl(boot.socket), boot.host);
    this.stores = new Stores(this.source.hosts);
    this.store = this.stores.of(boot.host);
    const select = (ref: string): void => {
      this.select(ref);
    };
    this.panel = new MapPanel({
      select,
      point: () => undefined,
      viewed: (view) => {
        this.viewed(view);
      },
      hint: (ref) => hintOf(this.store, ref),
    });
    this.outline = new Outline(select, (ref) => {
      this.panel.setHovered(ref);
    });
    this.search = new SearchBox(
      () => this.store,
      select,
      (found) => {
        const lit = found === null ? null : litBy(found, this.store);
        this.panel.setOverlay({ found: lit });
        this.outline.setFound(lit);
      },
    );
    this.changes = new ChangeList(this.panel.said);
    this.top = new TopBar(
      boot,
      this.search.element,
      themeButton(() => {
        this.panel.recolour();
      }),
    );
    this.hosts = new HostList(boot);
    const left = el("div", { class: "left" }, this.hosts.element, this.outline.element);
    const shown = boot.hosts.find((host) => host.id === boot.host);
    const heading = el("h1", { class: "off-screen" }, `Map of ${shown?.name ?? "a host"}`);
    this.panel.element.prepend(heading);
    this.shell = el(
      "div",
      { class: "shell" },
      this.top.element,
      left,
      this.panel.element,
      this.aside,
      this.phoneNav(),
      this.changes.live,
    );
  }

  /** Puts the page together and connects. */
  start(mount: HTMLElement): void {
    mount.replaceChildren(this.shell);
    this.source.open({
      whole: (host, entities) => {
        this.step(this.stores.whole(host, entities));
        this.panel.setNotice("");
        this.showFreshness();
      },
      delta: (host, delta) => {
        this.step(this.stores.delta(host, delta));
      },
      state: (_, frame) => {
        this.inspector?.state(frame);
      },
      freshness: (_, frame) => {
        this.freshness = frame;
        this.showFreshness();
      },
      problem: (_, { text, code }) => {
        this.panel.setNotice(`${text} (${code})`, true);
      },
      connection: (now) => {
        this.connection = now;
        this.showFreshness();
        if (now.state === "signed-out") location.assign(`/sign-in/?next=${encodeURIComponent(location.pathname)}`);
      },
    });
    this.showFreshness();
    this.panel.setTeaching(
      "Waiting for the first picture",
      "The map is drawn as soon as the host's agent has sent it.",
    );
    setInterval(() => {
      this.showFreshness();
    }, 1_000);
    addEventListener("hashchange", () => {
      this.goTo(readPlace(location.hash));
    });
    addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.select("");
    });
  }

  private phoneNav(): HTMLElement {
    const panes = [
      ["map", "Map"],
      ["outline", "Outline"],
      ["search", "Search"],
    ] as const;
    const buttons = panes.map(([pane, name]) =>
      button(name, {
        attrs: [["aria-pressed", String(pane === "map")]],
        press: () => {
          show(pane);
        },
      }),
    );
    const show = (pane: string): void => {
      this.shell.dataset["pane"] = pane;
      for (const [at, [name]] of panes.entries()) buttons[at]?.setAttribute("aria-pressed", String(name === pane));
      if (pane === "search") this.search.focus();
    };
    this.toMap = () => {
      if (this.shell.dataset["pane"] === "outline" || this.shell.dataset["pane"] === "search") show("map");
    };
    return el("nav", { class: "nav", attrs: [["aria-label", "Views"]] }, ...buttons);
  }

  private toMap: () => void = () => undefined;

  // -- the topology

  private drawFirst(): void {
    this.layout = new Layout(this.store);
    this.scene = new Scene(this.store, this.layout);
    this.panel.setTeaching("");
    this.outline.setModel(new Tree(this.store, this.layout), this.store);
    this.panel.setScene(this.scene);
    if (this.place.at !== "") this.openInspector();
    if (this.place.view === null) this.panel.fitFirst();
    else this.panel.setView(this.place.view);
    this.showSelected(false);
    this.teach();
  }

  private step(changes: Changes): void {
    const { layout, scene, store } = this;
    // Before the agent has sent anything there is no ground to draw on.
    if (store.ground === null) return;
    if (layout === null || scene === null || layout.ground !== store.ground.id) return this.drawFirst();
    const gone = changes.removed.flatMap((entity) => scene.itemsOf(entityKey(entity)));
    const boxes = scene.update(store, layout, layout.place(store, changes, performance.now()));
    const news = recentChanges(store, changes);
    this.panel.changed(boxes, this.traces(news, gone, scene));
    this.changes.add(news);
    this.outline.refresh();
    this.search.refresh();
    this.inspector?.changed(changes);
    this.panel.setOverlay({ lit: litWith(store, this.place.at) });
    this.teach();
  }

  private traces(news: readonly RecentChange[], gone: readonly Item[], scene: Scene): readonly Trace[] {
    const since = performance.now();
    const ghosts = gone.filter((item) => item.type !== "region").map((item): Trace => ({ kind: "gone", item, since }));
    const glows = news
      .filter((one) => one.kind !== "removed")
      .flatMap(({ kind, ref }) => {
        const items = scene
          .itemsOf(ref)
          .filter((item) => item.type === "card" || item.type === "chip" || item.type === "bar");
        return items.map((item): Trace => ({ kind: kind === "added" ? "add" : "chg", item, since }));
      });
    // A burst would only flicker: the words say how many there were.
    return [...ghosts, ...glows].slice(0, 200);
  }

  /** A host with next to nothing on it: what would show up here, and how. */
  private teach(): void {
    const { ground } = this.store;
    const bare =
      ground !== null &&
      this.store.total("ns") === 1 &&
      this.store.links(ground.id).every((link) => !isPaired(link.kind) && !isBar(link.kind));
    const text =
      "Start a container, or make a namespace: `ip netns add demo`, then `ip link add v0 type veth peer name v1 netns demo`. It appears by itself.";
    this.panel.setTeaching(bare ? "Nothing here yet but the host's own links" : "", text.replaceAll("`", ""));
  }

  private showFreshness(): void {
    const fresh = freshOf(this.connection, this.freshness, Date.now());
    this.top.show(fresh);
    this.hosts.show(fresh, this.store.total("ns"));
    this.panel.setState(this.scene === null ? "" : fresh.state);
    this.changes.age();
  }

  // -- what is selected

  /** Selects a namespace, a link or an edge; an empty text selects nothing. */
  select(ref: string): void {
    this.toMap();
    if (ref === this.place.at) return;
    this.place = { ...this.place, at: ref, tab: "" };
    history.pushState(null, "", writePlace(this.place));
    if (ref !== "") this.openInspector();
    this.showSelected(true);
  }

  private goTo(place: Place): void {
    const moved = place.at !== this.place.at || place.tab !== this.place.tab;
    this.place = place;
    if (place.view !== null) this.panel.setView(place.view);
    if (place.at !== "") this.openInspector();
    if (moved) this.showSelected(true);
  }

  private openInspector(): void {
    this.shell.dataset["inspect"] = "";
    this.aside.hidden = false;
    if (this.inspector !== null) return;
    void import("../inspector/panel").then(({ Inspector }) => {
      this.inspector ??= new Inspector(this.aside, this.store, {
        select: (ref) => {
          this.select(ref);
        },
        tab: (tab) => {
          this.setTab(tab);
        },
        watch: (ns, subjects) => {
          this.source.watch(this.host, ns, subjects);
        },
      });
      this.inspector.show(this.place.at, this.place.tab);
    });
  }

  private setTab(tab: string): void {
    this.place = { ...this.place, tab };
    this.write();
  }

  private showSelected(bring: boolean): void {
    const { at, tab } = this.place;
    this.aside.hidden = at === "";
    if (at === "") delete this.shell.dataset["inspect"];
    this.panel.setOverlay({ selected: at, lit: litWith(this.store, at) });
    this.outline.setSelected(this.outlineRef(at));
    this.inspector?.show(at, tab);
    // Opening the inspector makes the map smaller: only then is it known whether the thing is in sight.
    if (bring && at !== "")
      requestAnimationFrame(() =>
        requestAnimationFrame(() => {
          this.panel.reveal(at);
        }),
      );
  }

  /** The row of the outline for what is selected: of an edge, the end that is its own. */
  private outlineRef(ref: string): string {
    const edge = edgeOfId(ref);
    if (edge === null || !edgeStands(this.store, edge)) return ref;
    return edge.kind === "port" ? (edge.b ?? "") : edge.a;
  }

  private viewed(view: View): void {
    this.place = { ...this.place, view };
    this.write();
  }

  /** Keeps the address up to date, without a new entry in the history for each step of a gesture. */
  private write(): void {
    clearTimeout(this.writing);
    this.writing = window.setTimeout(() => {
      history.replaceState(null, "", writePlace(this.place));
    }, 250);
  }
}
