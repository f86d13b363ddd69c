import { resolve } from "node:path";
import ts from "typescript";
import { en, type Words } from "../../static/words/en";
import { zhHans } from "../../static/words/zh_hans";

/** One entry of the catalogues, with its text in both languages for the same arguments. */
export interface Entry {
  /** The path of the entry in the catalogue, such as "map.fit" or "actions.zoom-in". */
  readonly path: string;
  /** The arguments with which the entry was called; empty for a plain text. */
  readonly given: readonly unknown[];
  readonly en: string;
  readonly zh: string;
}

const ROOT = resolve(import.meta.dirname, "../..");

/**
 * Returns a sample argument for a function of the catalogue. The brackets around it are used nowhere else, so that a
 * test can find the argument in the text that the function returns.
 */
export function marked(name: string): string {
  return `⟦${name}⟧`;
}

/** Returns the type of the English catalogue, which gives the arguments of the catalogue's functions. */
function catalogueType(): { checker: ts.TypeChecker; type: ts.Type } {
  const file = resolve(ROOT, "static/words/en.ts");
  const options = ts.parseJsonConfigFileContent(
    ts.readConfigFile(resolve(ROOT, "tsconfig.json"), (path) => ts.sys.readFile(path)).config,
    ts.sys,
    ROOT,
  ).options;
  const program = ts.createProgram([file], { ...options, types: [] });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
  const found = module === undefined ? undefined : checker.getExportsOfModule(module).find(({ name }) => name === "en");
  if (source === undefined || found === undefined) throw new Error("static/words/en.ts exports no catalogue");
  return { checker, type: checker.getTypeOfSymbolAtLocation(found, source) };
}

const NUMBERS = [1, 2, 1_234_567];

/** Returns sample arguments of a type, with which a function of the catalogue can be called. */
function samples(checker: ts.TypeChecker, type: ts.Type, name: string): readonly unknown[] {
  const text = checker.typeToString(type);
  if (type.flags & ts.TypeFlags.Number) return NUMBERS;
  if (type.flags & ts.TypeFlags.String) return [marked(name)];
  if (text === "Argument") return [(argument: string) => marked(argument)];
  if (text === "Missing") return [{ subject: marked("subject"), left: 1_234_567, total: 2_345_678 }];
  throw new Error(`tests/front/catalogue.ts has no sample of ${text} (${name})`);
}

type Words1 = string | object | ((...given: unknown[]) => string);

/** Returns all entries of the catalogues. Functions are called with sample arguments. */
export function allEntries(): readonly Entry[] {
  const { checker, type } = catalogueType();
  const out: Entry[] = [];
  const walk = (path: string, at: ts.Type, one: Words1, two: Words1): void => {
    if (typeof one === "string") {
      out.push({ path, given: [], en: one, zh: String(two) });
      return;
    }
    if (one instanceof Map && two instanceof Map) {
      for (const key of new Set([...one.keys(), ...two.keys()]))
        out.push({
          path: `${path}.${String(key)}`,
          given: [],
          en: String(one.get(key) ?? ""),
          zh: String(two.get(key)),
        });
      return;
    }
    const [signature] = at.getCallSignatures();
    if (typeof one === "function" && typeof two === "function" && signature !== undefined) {
      const parameters = signature.getParameters().map((parameter) => ({
        name: parameter.name,
        of: samples(checker, checker.getTypeOfSymbol(parameter), parameter.name),
      }));
      const rounds = Math.max(1, ...parameters.map(({ of }) => of.length));
      for (let round = 0; round < rounds; round++) {
        const given = parameters.map(({ of }, at) => of[(round + at) % of.length]);
        const call = (words: Words1): string => (words as (...given: unknown[]) => string)(...given);
        out.push({ path, given, en: call(one), zh: call(two) });
      }
      return;
    }
    const theirs = new Map<string, Words1>(Object.entries(two));
    for (const [name, inner] of Object.entries(one) as [string, Words1][]) {
      const property = at.getProperty(name);
      const other = theirs.get(name);
      if (property === undefined || other === undefined) throw new Error(`${path}.${name} is not in both languages`);
      walk(path === "" ? name : `${path}.${name}`, checker.getTypeOfSymbol(property), inner, other);
    }
  };
  walk("", type, en satisfies Words, zhHans);
  return out.filter(({ path }) => path !== "language");
}
