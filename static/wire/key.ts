import { type AnyEntity, KEYS } from "./schema";

/** The key of the entity with this tag and these identifying values. It is unique within one host. */
export function keyOf(tag: string, ...parts: readonly unknown[]): string {
  return [tag, ...parts.map(part)].join("/");
}

function part(value: unknown): string {
  if (typeof value === "string") return value.replaceAll("/", "\\x2f");
  if (typeof value === "boolean") return value ? "True" : "False";
  return value === null || value === undefined ? "" : String(value);
}

/** An entity's key. */
export function entityKey(entity: AnyEntity): string {
  switch (entity.t) {
    // The most frequent ones, without the loop.
    case "link":
      return linkKey(entity);
    case "ns":
      return nsKey(entity.id);
    default: {
      let key: string = entity.t;
      for (const name of KEYS.get(entity.t) ?? []) key += `/${part(Reflect.get(entity, name))}`;
      return key;
    }
  }
}

/** The key of a link, from anything that points at one. */
export function linkKey(ref: { readonly ns: string; readonly ifindex: number }): string {
  return `link/${part(ref.ns)}/${ref.ifindex}`;
}

/** The key of a namespace. */
export function nsKey(id: string): string {
  return `ns/${part(id)}`;
}

/** The reference in a link's key, or null for any other text. */
export function linkRef(key: string): { ns: string; ifindex: number } | null {
  const found = /^link\/([^/]*)\/([0-9]+)$/.exec(key);
  if (found === null) return null;
  return { ns: unpart(found[1] ?? ""), ifindex: Number(found[2]) };
}

/** The id in a namespace's key, or null for any other text. */
export function nsOfKey(key: string): string | null {
  const found = /^ns\/([^/]+)$/.exec(key);
  return found === null ? null : unpart(found[1] ?? "");
}

function unpart(text: string): string {
  return text.replaceAll("\\x2f", "/");
}
