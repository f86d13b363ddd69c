import { portOfQuery } from "../model/ports";
import type { SocketsOf } from "../model/search";
import type { Store } from "../model/store";
import { ListeningSockets } from "../sources/sockets";
import type { Source } from "../sources/source";
import type { State } from "../wire/schema";
import { progressWords } from "../words/search";

/**
 * Reads the listening sockets of a host while a person searches for a port. The page has no other sockets than those of
 * the namespace in the inspector, so it requests them.
 */
export class PortSearch {
  private readonly sockets: ListeningSockets;

  /** `changed` is called when more sockets have arrived. */
  constructor(
    source: Source,
    private readonly store: Store,
    private readonly host: string,
    changed: () => void,
  ) {
    this.sockets = new ListeningSockets((ns) => source.readNow(host, ns, ["sockets"]), changed);
  }

  state(host: string, frame: State): void {
    if (host === this.host) this.sockets.state(frame);
  }

  /** Begins to read if the search text is a port, otherwise ends the reading. */
  want(query: string): void {
    this.sockets.want(portOfQuery(query) === null ? [] : this.namespaces());
  }

  /** Returns the namespaces in the order in which they are read: those with processes first, because they listen. */
  private namespaces(): readonly string[] {
    const rank = (ns: string): number => {
      if (ns === this.store.ground?.id) return 0;
      return this.store.of(ns, "owner").some(({ processes }) => processes.length > 0) ? 1 : 2;
    };
    const ids = this.store.namespaces().map(({ id }) => id);
    return ids.toSorted((a, b) => rank(a) - rank(b));
  }

  /** Returns the function that tells the sockets of a host's namespaces, as far as they were read. */
  of(host: string): SocketsOf {
    return (ns) => (host === this.host ? this.sockets.of(ns) : []);
  }

  /** Says which namespaces were read; null if the search text is not a port. */
  words(query: string): string | null {
    const port = portOfQuery(query);
    if (port === null) return null;
    const found = this.store.namespaces().some(({ id }) => this.sockets.of(id).some((socket) => socket.port === port));
    return progressWords(this.sockets.progress, found);
  }
}
