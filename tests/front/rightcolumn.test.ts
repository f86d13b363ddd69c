import { afterEach, describe, expect, test, vi } from "vitest";
import type { Page, When } from "../../static/actions/action";
import { Actions } from "../../static/actions/actions";
import { ACTIONS } from "../../static/actions/table";
import { keysPanel } from "../../static/shell/keyspanel";
import { type Panel, RightColumn } from "../../static/shell/rightcolumn";
import { FakeElement, fakePage } from "./fake_dom";

afterEach(() => {
  vi.unstubAllGlobals();
});

interface Bench {
  readonly column: RightColumn;
  readonly element: FakeElement;
  readonly inspector: FakeElement;
  readonly document: ReturnType<typeof fakePage>;
  readonly shown: boolean[];
  selected: boolean;
  press(key: string): void;
}

/** Makes a right column with a visible inspector. It is connected to the actions as on the page. */
function bench(width = 1_440): Bench {
  const document = fakePage(width);
  const inspector = new FakeElement("div");
  const shown: boolean[] = [];
  const made: Partial<Bench> & { selected: boolean } = { selected: true };
  const page = {
    closePanel: () => column.pop(),
    deselect: () => {
      made.selected = false;
      column.setBase(false);
    },
  } as unknown as Page;
  const actions: Actions = new Actions(
    () => page,
    () =>
      new Set<When>([...(column.isCovered ? ["panel" as const] : []), ...(made.selected ? ["selected" as const] : [])]),
  );
  const base = { name: "Inspector", body: inspector as unknown as HTMLElement };
  const column: RightColumn = new RightColumn(base, actions, (now) => shown.push(now));
  column.setBase(true);
  const press = (key: string): void => {
    actions.onKey(Object.assign(new Event("keydown", { cancelable: true }), { key }) as never);
  };
  return Object.assign(made, {
    column,
    element: column.element as unknown as FakeElement,
    inspector,
    document,
    shown,
    press,
  }) as Bench;
}

function madeUp(name: string, closed?: () => void): Panel {
  const body = new FakeElement("div") as unknown as HTMLElement;
  return closed === undefined ? { name, body } : { name, body, closed };
}

/** Returns what is visible: the column's name, and the names of its panels that are not hidden. */
function seen({ column, element, inspector }: Bench): string[] {
  if (element.hidden) return [];
  const panels = element.children.filter((one) => one.classes.has("panel") && !one.hidden);
  return [column.element.ariaLabel ?? "", ...(inspector.hidden ? [] : ["inspector"]), ...panels.map(titleOf)];
}

function titleOf(panel: FakeElement): string {
  return panel.find(({ tag }) => tag === "h2")?.text ?? "";
}

describe("the right column", () => {
  test("the right column shows the inspector while something is selected, and is hidden otherwise", () => {
    const made = bench();
    expect(seen(made)).toEqual(["Inspector", "inspector"]);
    made.column.setBase(false);
    expect(seen(made)).toEqual([]);
    expect(made.shown.at(-1)).toBe(false);
  });

  test("the right column has only the grip as a button until a panel is opened", () => {
    const { element, column } = bench();
    expect(element.children.filter(({ tag }) => tag === "button").length).toBe(1);
    expect(column.isCovered).toBe(false);
  });

  test("a panel covers the inspector, and another panel covers the first", () => {
    const made = bench();
    made.column.push(madeUp("Edit"));
    expect(seen(made)).toEqual(["Edit", "Edit"]);
    made.column.push(madeUp("Snapshot"));
    expect(seen(made)).toEqual(["Snapshot", "Snapshot"]);
  });

  test("Escape closes the panel on top, then the next panel, then deselects", () => {
    const made = bench();
    const closed: string[] = [];
    for (const name of ["Edit", "Past"]) made.column.push(madeUp(name, () => closed.push(name)));
    made.press("Escape");
    expect([seen(made)[0], closed]).toEqual(["Edit", ["Past"]]);
    made.press("Escape");
    expect([seen(made)[0], closed]).toEqual(["Inspector", ["Past", "Edit"]]);
    expect(made.selected).toBe(true);
    made.press("Escape");
    expect([seen(made), made.selected]).toEqual([[], false]);
    made.press("Escape");
    expect(made.column.pop()).toBe(false);
  });

  test("a panel's close button shows the inspector again", () => {
    const made = bench();
    made.column.push(madeUp("Diff"));
    const close = made.element.find(({ attributes }) => attributes.get("aria-label") === "Close the panel");
    expect(close?.attributes.get("title")).toBe("Close the panel (Escape)");
    close?.click();
    expect(seen(made)).toEqual(["Inspector", "inspector"]);
  });

  test("a panel can be open with nothing selected, and the column is hidden when the panel is closed", () => {
    const made = bench();
    made.column.setBase(false);
    made.column.push(madeUp("Past"));
    expect(seen(made)).toEqual(["Past", "Past"]);
    made.column.setBase(true);
    expect(seen(made)).toEqual(["Past", "Past"]);
    made.column.setBase(false);
    made.column.pop();
    expect(seen(made)).toEqual([]);
  });

  test("a panel takes the focus when it is opened, and returns the focus when it is closed", () => {
    const made = bench();
    const before = new FakeElement("button");
    before.focus();
    made.column.push(madeUp("Edit"));
    expect(made.document.activeElement).not.toBe(before);
    made.column.pop();
    expect(made.document.activeElement).toBe(before);
  });

  test("the same panel is opened only once", () => {
    const made = bench();
    const panel = madeUp("Edit");
    made.column.push(panel);
    made.column.push(panel);
    made.column.pop();
    expect(made.column.isCovered).toBe(false);
  });

  test("the right column is wide only while a wide inspector is visible", () => {
    const made = bench();
    made.column.setBaseWide(true);
    expect(made.element.classes.has("wide")).toBe(true);
    made.column.push(madeUp("Edit"));
    expect(made.element.classes.has("wide")).toBe(false);
    made.column.pop();
    expect(made.element.classes.has("wide")).toBe(true);
  });

  test("the right column has three heights as a sheet on a small screen", () => {
    const { column, element } = bench(390);
    const heights = [0, 1, 2].map(() => {
      column.nextSheet();
      return element.dataset["sheet"];
    });
    expect(heights).toEqual(["full", "peek", "half"]);
  });
});

test("the list of keys has a row for each action with a key", () => {
  fakePage(1_440);
  const { name, body } = keysPanel();
  let rows = 0;
  (body as unknown as FakeElement).find(({ classes }) => {
    if (classes.has("row")) rows += 1;
    return false;
  });
  expect(name).toBe("Keyboard shortcuts");
  expect(rows).toBe(ACTIONS.filter(({ keys }) => keys.length > 0).length);
});
