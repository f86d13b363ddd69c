/** A value that calls its listeners when it changes. */
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

  /** Calls the listener after every change of the value. The returned function removes the listener. */
  on(listener: (now: T, before: T) => void): () => void {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }
}
