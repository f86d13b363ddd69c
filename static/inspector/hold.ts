/**
 * Tells when the inspector must not change its content, because a change would destroy what a person is doing: text is
 * selected in it, or a mouse button or finger is pressed on it.
 */
export class Hold {
  private isPressed = false;

  /** `released` is called when the content may change again. */
  constructor(
    private readonly element: HTMLElement,
    private readonly released: () => void,
  ) {
    element.addEventListener("pointerdown", () => {
      this.isPressed = true;
    });
    for (const end of ["pointerup", "pointercancel"] as const)
      document.addEventListener(end, () => {
        if (!this.isPressed) return;
        this.isPressed = false;
        // The click that follows must still find its element.
        setTimeout(() => {
          this.tell();
        });
      });
    document.addEventListener("selectionchange", () => {
      this.tell();
    });
  }

  /** Whether text is selected in the inspector. */
  get hasSelection(): boolean {
    const selection = getSelection();
    if (selection === null || selection.isCollapsed) return false;
    return this.element.contains(selection.anchorNode) || this.element.contains(selection.focusNode);
  }

  get isOn(): boolean {
    return this.isPressed || this.hasSelection;
  }

  private tell(): void {
    if (!this.isOn) this.released();
  }
}
