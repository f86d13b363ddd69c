import { sameHostKey } from "../model/hostkey";
import { readPlace, writePlace } from "./address";
import type { AppState } from "./state";

/** How long after the last change the address is written, in milliseconds. */
const QUIET_MS = 250;

/**
 * Keeps the page's address and its state in step. Each selection is an entry in the browser's history. Tabs and views are
 * not: a gesture would leave an entry for each of its steps.
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
