import type { HostKey } from "../model/hostkey";
import { type Changes, Store } from "../model/store";
import type { AnyEntity } from "../wire/schema";
import type { Delta } from "./source";

/** Keeps the topology of each host of a source. */
export class Stores {
  private readonly byHost: ReadonlyMap<string, Store>;

  constructor(readonly hosts: readonly string[]) {
    this.byHost = new Map(hosts.map((host) => [host, new Store()]));
  }

  /** Returns the store of one of the source's hosts. */
  of(host: string): Store {
    const found = this.byHost.get(host);
    if (found === undefined) throw new Error(`the source has no host ${host}`);
    return found;
  }

  has({ host }: HostKey): boolean {
    return this.byHost.has(host);
  }

  whole(host: string, entities: readonly AnyEntity[]): Changes {
    return this.of(host).replace(entities);
  }

  /**
   * Replaces the bulky entities (netfilter rules, elements of sets) of a namespace. Null means that they are no longer
   * kept.
   */
  bulky(host: string, ns: string, entities: readonly AnyEntity[] | null): Changes {
    return this.of(host).replaceBulky(ns, entities);
  }

  delta(host: string, { put, drop }: Delta): Changes {
    return this.of(host).apply(put, drop);
  }
}
