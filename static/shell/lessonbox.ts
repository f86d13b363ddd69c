import { el, refill } from "../parts/dom";
import { command } from "../parts/rows";
import type { Lesson } from "./teaching";

/** The text over an empty map that says what to do. */
export class LessonBox {
  readonly element = el("div", { class: "teach", attrs: [["hidden", ""]] });
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `say` tells screen readers what was copied. */
  constructor(private readonly say: (text: string) => void) {}

  /**
   * Shows a lesson after `wait_ms`, because the marks of what was just removed must not lie below it. Null hides the
   * text at once.
   */
  show(lesson: Lesson | null, wait_ms: number): void {
    clearTimeout(this.timer);
    this.element.hidden = lesson === null || wait_ms > 0;
    if (lesson === null) return;
    if (wait_ms > 0) this.timer = setTimeout(this.show.bind(this, lesson, 0), wait_ms);
    else this.fill(lesson);
  }

  private fill({ title, text, commands = [] }: Lesson): void {
    refill(this.element, el("h2", {}, title), el("p", {}, text));
    for (const line of commands) command({ say: this.say }, this.element, line);
  }
}
