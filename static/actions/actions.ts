import { button } from "../parts/dom";
import type { Action, Page, When } from "./action";
import { t } from "../words/current";
import { actionFor, keyName } from "./keys";
import { type ActionName, ACTIONS, labelOf } from "./table";

interface Look {
  readonly class?: string;
  /** Instead of the action's own, for one that turns something over. */
  readonly label?: string;
  readonly attrs?: readonly (readonly [string, string | number | null])[];
}

/** Keys that have another name in aria-keyshortcuts, where "+" joins keys and a blank parts them. */
const SPOKEN: ReadonlyMap<string, string> = new Map([
  ["+", "Plus"],
  [" ", "Space"],
]);

const BY_NAME: ReadonlyMap<string, Action> = new Map(ACTIONS.map((action) => [action.name, action]));

/** Does the page's actions, by key and by button. */
export class Actions {
  /** `page` is asked for when something is done: its parts may be made after the first button. */
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

  /** A button for an action, with its label or what else is given. Its title names the key. */
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
