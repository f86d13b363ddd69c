import type { Page } from "../actions/action";
import { Actions } from "../actions/actions";
import type { InspectorEvents } from "../inspector/panel";
import { highlightedWith } from "../model/graph";
import { type HostKey, sameHostKey } from "../model/hostkey";
import { highlightedBy } from "../model/search";
import type { Changes } from "../model/store";
import { el } from "../parts/dom";
import type { Centre } from "../render/view";
import { Picture } from "../scene/picture";
import { LiveSource } from "../sources/live";
import { now } from "../sources/moment";
import type { Source } from "../sources/source";
import { Stores } from "../sources/stores";
import { t } from "../words/current";
import { hintOf } from "../words/hints";
import { problemWords } from "../words/notes";
import { readPlace } from "./address";
import { type Boot, socketUrl } from "./boot";
import { ChangeList } from "./changes";
import { freshOf } from "./fresh";
import { actionPage, currentConditions, type Parts } from "./page_actions";
import { Inspecting } from "./inspecting";
import { languageButton } from "./language";
import { MapPanel } from "./mappanel";
import { Navigation } from "./navigation";
import { Outline } from "./outline";
import { Panes } from "./panes";
import { PortSearch } from "./portsearch";
import { RightColumn } from "./rightcolumn";
import { type FoundOn, SearchBox } from "./searchbox";
import { AppState } from "./state";
import { lessonOf, waiting } from "./teaching";
import { Theme } from "./theme";
import { HostList, TopBar } from "./topbar";
import { Tree } from "./tree";

/** The page computes how fresh the map is at each report of the server, and at least this often (milliseconds). */
const FRESHNESS_MS = 250;

/**
 * The page of a host's map. It creates the parts of the page, and connects them with the source of the map's data and
 * with the state that they share.
 */
export class App implements Parts {
  readonly state: AppState;
  private readonly source: Source;
  private readonly stores: Stores;
  private picture: Picture | null = null;
  private readonly top: TopBar;
  private readonly hosts: HostList;
  readonly outline: Outline;
  private readonly ports: PortSearch;
  readonly search: SearchBox;
  readonly map: MapPanel;
  private readonly changes: ChangeList;
  readonly panes: Panes;
  readonly theme: Theme;
  private readonly actions: Actions;
  private readonly page: Page;
  readonly inspecting: Inspecting;
  readonly column: RightColumn;
  private readonly shell = el("div", { class: "shell" });

  constructor(private readonly boot: Boot) {
    this.state = new AppState(boot.host, readPlace(location.hash));
    this.source = new LiveSource(socketUrl(boot.socket), boot.host);
    this.stores = new Stores(this.source.hosts);
    this.actions = new Actions(
      () => this.page,
      () => currentConditions(this),
    );
    this.map = this.makeMap();
    this.outline = new Outline(this.select, (key) => {
      this.map.setHovered(key);
    });
    this.ports = new PortSearch(this.source, this.stores.of(boot.host), boot.host, () => {
      this.search.refresh();
    });
    this.search = new SearchBox(
      this.stores,
      this.ports,
      this.select,
      (found) => {
        this.light(found);
      },
      () => {
        this.map.focus();
      },
    );
    this.changes = new ChangeList(this.map.changes);
    this.theme = new Theme(this.actions, () => {
      this.map.recolour();
    });
    this.top = new TopBar(boot, this.search.element, languageButton(this.actions), this.theme.button);
    this.hosts = new HostList(boot, performance.timeOrigin);
    this.panes = new Panes(this.actions, (pane) => {
      this.shell.dataset["pane"] = pane;
      if (pane === "search") this.search.focus();
    });
    this.inspecting = this.makeInspecting();
    const inspector = { name: t.page.inspector, body: this.inspecting.element };
    this.column = new RightColumn(inspector, this.actions, (shown) => {
      this.shell.toggleAttribute("data-column", shown);
    });
    this.page = actionPage(this);
    this.fill();
  }

  private makeMap(): MapPanel {
    const events = {
      select: this.select,
      viewed: (centre: Centre) => {
        this.state.view.set(centre);
      },
      hint: ({ host, key }: HostKey) => hintOf(this.stores.of(host), key),
    };
    return new MapPanel(events, this.actions);
  }

  private makeInspecting(): Inspecting {
    const events: InspectorEvents = {
      select: this.select,
      tab: (tab) => {
        this.state.openTab(tab);
      },
      wide: (wide) => {
        this.column.setBaseWide(wide);
        // A map that shows everything fits itself into what is left of it.
        if (!this.map.isFitted) this.bringIntoView();
      },
      watch: (host, ns, subjects, bulky) => {
        this.source.watch(host, ns, subjects, bulky);
      },
      readNow: (host, ns, subjects) => this.source.readNow(host, ns, subjects),
    };
    return new Inspecting(this.stores, events, this.actions);
  }

  /** Puts the top bar, the list of hosts, the outline, the map and the other parts of the page into one element. */
  private fill(): void {
    const shown = this.boot.hosts.find((host) => host.id === this.boot.host);
    this.map.element.prepend(el("h1", { class: "off-screen" }, t.map.title(shown?.name ?? t.map.someHost)));
    const left = el("div", { class: "left" }, this.hosts.element, this.outline.element);
    const parts = [
      this.top.element,
      left,
      this.map.element,
      this.column.element,
      this.panes.element,
      this.changes.live,
    ];
    this.shell.append(...parts);
  }

  /** Shows the page and connects to the source of the map's data. */
  start(mount: HTMLElement): void {
    mount.replaceChildren(this.shell);
    this.listen();
    this.openSource();
    this.showFreshness();
    setInterval(() => {
      this.showFreshness();
    }, FRESHNESS_MS);
    document.addEventListener("visibilitychange", () => {
      this.showFreshness();
    });
  }

  private listen(): void {
    const { state } = this;
    new Navigation(state).start();
    state.selection.on((now, before) => {
      this.showSelected(!sameHostKey(now.at, before.at));
    });
    state.view.on((view) => {
      if (view !== null && view !== this.map.centre) this.map.setCentre(view);
    });
    for (const signal of [state.connection, state.freshness, state.confirmed])
      signal.on(() => {
        this.showFreshness();
      });
    addEventListener("keydown", (event) => {
      this.actions.onKey(event);
    });
  }

  private openSource(): void {
    const { state, stores } = this;
    this.source.open({
      whole: (host, entities) => {
        this.step(host, stores.whole(host, entities));
        this.map.setNotice(null);
        this.showFreshness();
      },
      delta: (host, delta) => {
        this.step(host, stores.delta(host, delta));
      },
      bulky: (host, ns, entities) => {
        // Bulky entities (netfilter rules, elements of sets) are not on the map, and their arrival is not a change of
        // the host.
        this.inspecting.changed(host, stores.bulky(host, ns, entities));
      },
      state: (host, frame) => {
        this.inspecting.state(host, frame);
        this.ports.state(host, frame);
      },
      freshness: (host, frame) => {
        state.setFreshness(host, frame);
      },
      confirmed: (host, confirmation) => {
        state.setConfirmed(host, confirmation);
      },
      problem: (_, problem) => {
        this.map.setNotice(problemWords(problem));
      },
      connection: (now) => {
        state.connection.set(now);
        if (now.state === "signed-out")
          location.assign(`/sign-in/?next=${encodeURIComponent(location.pathname + location.hash)}`);
      },
    });
  }

  // -- functions that handle what the source (the connection to the server) reports

  private step(host: string, changes: Changes): void {
    const { picture } = this;
    const store = this.stores.of(host);
    this.inspecting.changed(host, changes);
    // The page draws the map of one host only: the host for which the page was loaded.
    if (host !== this.state.home) return;
    // Nothing can be drawn until the agent has sent the host namespace.
    if (store.ground === null) return;
    if (picture === null || picture.layout.ground !== store.ground.id) return this.drawFirst(host);
    const { boxes, marks, recent } = picture.step(changes, performance.now());
    this.map.changed(boxes, marks);
    this.changes.add(recent);
    this.outline.refresh();
    this.search.refresh();
    this.map.setOverlay({ lit: highlightedWith(store, this.selectedHere) });
    this.map.setTeaching(lessonOf(store));
  }

  private drawFirst(host: string): void {
    const store = this.stores.of(host);
    this.picture = new Picture(store);
    const { layout, scene } = this.picture;
    this.outline.setModel(new Tree(store, layout), store, host);
    this.map.setScene(scene, host);
    const { value } = this.state.view;
    // The inspector makes the map smaller, so it is opened first.
    this.showSelected(false);
    if (value === null) this.map.fitFirst();
    else this.map.setCentre(value);
    this.map.setTeaching(lessonOf(store));
  }

  private showFreshness(): void {
    const { home, connection, freshness, confirmed } = this.state;
    const report = freshness.value.get(home) ?? null;
    const fresh = freshOf(connection.value, report, confirmed.value.get(home) ?? null, now());
    this.top.show(fresh);
    this.hosts.show(fresh, this.stores.of(home).total("ns"));
    this.map.setState(this.picture === null ? "" : fresh.state);
    if (this.picture === null) this.map.setTeaching(waiting(fresh.state));
    this.changes.age();
  }

  // -- functions for the selection and the search

  readonly select = (at: HostKey | null): void => {
    this.panes.toMap();
    // What is selected already is brought into view again.
    if (at !== null && sameHostKey(at, this.state.selection.value.at)) this.showSelected(true);
    else this.state.select(at);
  };

  /** The key of the selection if the selection is on the host that is drawn; otherwise empty. */
  private get selectedHere(): string {
    const { at } = this.state.selection.value;
    return at?.host === this.state.home ? at.key : "";
  }

  private showSelected(bring: boolean): void {
    const { at, tab } = this.state.selection.value;
    const key = this.selectedHere;
    const leavesColumn = at === null && this.column.element.contains(document.activeElement);
    this.column.setBase(at !== null);
    if (leavesColumn) this.map.focus();
    this.map.setOverlay({ selected: key, lit: highlightedWith(this.stores.of(this.state.home), key) });
    this.outline.setSelected(key);
    this.inspecting.show(at, tab);
    // Opening the inspector makes the map smaller. Only after that can the map tell whether the selection is visible.
    if (bring) this.bringIntoView();
  }

  /** Shows the part of the map with the selection, after the map has its new size. */
  private bringIntoView(): void {
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        if (this.selectedHere !== "") this.map.reveal(this.selectedHere);
      }),
    );
  }

  private light(found: readonly FoundOn[] | null): void {
    const { home } = this.state;
    const here = found?.filter(({ host }) => host === home) ?? null;
    const lit = here === null ? null : highlightedBy(here, this.stores.of(home));
    this.map.setOverlay({ found: lit });
    this.outline.setFound(lit);
    this.map.setFound(found === null ? null : found.length);
  }
}
