import { type AnyEntity, KEYS, NUMBERED } from "./schema";

/**
 * Returns the key of the entity with this tag (the name of its type) and these identifying values. A key is unique
 * within one host.
 */
export function keyOf(tag: string, ...parts: readonly unknown[]): string {
  return [tag, ...parts.map(part)].join("/");
}

function part(value: unknown): string {
  if (typeof value === "string") return value.replaceAll("/", "\\x2f");
  if (typeof value === "boolean") return value ? "True" : "False";
  return value === null || value === undefined ? "" : String(value);
}

/** Returns the key of an entity. */
export function entityKey(entity: AnyEntity): string {
  switch (entity.t) {
    // The most frequent types are handled here, because the loop below is slower.
    case "link":
      return linkKey(entity);
    case "ns":
      return nsKey(entity.id);
    default: {
      let key: string = entity.t;
      for (const name of KEYS.get(entity.t) ?? []) key += `/${part(Reflect.get(entity, name))}`;
      if (NUMBERED.has(entity.t)) {
        const nth: unknown = Reflect.get(entity, "nth");
        if (typeof nth === "number" && nth !== 0) key += `/${nth}`;
      }
      return key;
    }
  }
}

/** Returns the key of a link, from any object that has its namespace and ifindex. */
export function linkKey(ref: { readonly ns: string; readonly ifindex: number }): string {
  return `link/${part(ref.ns)}/${ref.ifindex}`;
}

/** Returns the key of a namespace. */
export function nsKey(id: string): string {
  return `ns/${part(id)}`;
}

/** Returns the namespace and ifindex in a link's key, or null for any other text. */
export function linkRef(key: string): { ns: string; ifindex: number } | null {
  const found = /^link\/([^/]*)\/([0-9]+)$/.exec(key);
  if (found === null) return null;
  return { ns: unpart(found[1] ?? ""), ifindex: Number(found[2]) };
}

/** Returns the id in a namespace's key, or null for any other text. */
export function nsOfKey(key: string): string | null {
  const found = /^ns\/([^/]+)$/.exec(key);
  return found === null ? null : unpart(found[1] ?? "");
}

function unpart(text: string): string {
  return text.replaceAll("\\x2f", "/");
}
