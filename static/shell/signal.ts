/** A value that calls its listeners when it becomes another. */
export class Signal<T> {
  private readonly listeners = new Set<(now: T, before: T) => void>();

  constructor(private current: T) {}

  get value(): T {
    return this.current;
  }

  set(next: T): void {
    if (next === this.current) return;
    const before = this.current;
    this.current = next;
    for (const listener of [...this.listeners]) listener(next, before);
  }

  /** Calls the listener at every change from now on; the result ends that. */
  on(listener: (now: T, before: T) => void): () => void {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }
}
