import { sameHostKey } from "../model/hostkey";
import { readPlace, writePlace } from "./address";
import type { AppState } from "./state";

/** The time between the last change of the state and the change of the page's address, in milliseconds. */
const QUIET_MS = 250;

/**
 * Keeps the page's address and the page's state equal. Each selection adds an entry to the browser's history. A change
 * of the tab or of the visible part of the map only replaces the current entry. Otherwise a single drag of the map
 * would add many entries.
 */
export class Navigation {
  private timer: ReturnType<typeof setTimeout> | null = null;
  private following = false;

  constructor(private readonly state: AppState) {}

  start(): void {
    this.state.selection.on((now, before) => {
      if (this.following) return;
      if (sameHostKey(now.at, before.at)) this.later();
      else history.pushState(null, "", writePlace(this.state.place));
    });
    this.state.view.on(() => {
      this.later();
    });
    addEventListener("hashchange", () => {
      this.following = true;
      this.state.goTo(readPlace(location.hash));
      this.following = false;
    });
  }

  private later(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      history.replaceState(null, "", writePlace(this.state.place));
    }, QUIET_MS);
  }
}
