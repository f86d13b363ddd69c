import { button } from "../parts/dom";
import type { Action, Page, When } from "./action";
import { t } from "../words/current";
import { actionFor, keyName } from "./keys";
import { type ActionName, ACTIONS, labelOf } from "./table";

interface Look {
  readonly class?: string;
  /** The text that replaces the action's own label, for a button whose label depends on its state. */
  readonly label?: string;
  readonly attrs?: readonly (readonly [string, string | number | null])[];
}

/** Names that aria-keyshortcuts needs for some keys, because "+" and spaces separate keys there. */
const SPOKEN: ReadonlyMap<string, string> = new Map([
  ["+", "Plus"],
  [" ", "Space"],
]);

const BY_NAME: ReadonlyMap<string, Action> = new Map(ACTIONS.map((action) => [action.name, action]));

/** Performs the page's actions when a key is pressed or a button is clicked. */
export class Actions {
  /**
   * Calls `page` only when an action is performed, because the page may be incomplete when the first button is made.
   */
  constructor(
    private readonly page: () => Page,
    private readonly holds: () => ReadonlySet<When>,
  ) {}

  perform(name: ActionName): void {
    BY_NAME.get(name)?.perform(this.page());
  }

  onKey(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const action = actionFor(ACTIONS, event.key, this.holds());
    if (action === null) return;
    event.preventDefault();
    action.perform(this.page());
  }

  /**
   * Makes a button for an action, with the action's label or with other content. The button's tooltip names the key.
   */
  button(name: ActionName, look: Look = {}, content?: string | Node | null): HTMLButtonElement {
    const action = BY_NAME.get(name);
    const label = look.label ?? labelOf(name);
    const [key] = action?.keys ?? [];
    const attrs = [
      ["title", key === undefined ? label : t.keys.withKey(label, keyName(key))],
      ["aria-keyshortcuts", key === undefined ? null : (SPOKEN.get(key) ?? key)],
      ...(look.attrs ?? []),
    ] as const;
    const press = (): void => {
      this.perform(name);
    };
    return button(content === undefined ? label : content, { class: look.class ?? "", label, attrs, press });
  }
}
