import { relative, resolve } from "node:path";
import tseslint from "typescript-eslint";

// Text from a host can be hostile. Everything that could read it as markup, as code, or as a member's name is banned.
const banned = [
  ...["innerHTML", "outerHTML", "srcdoc"].map((property) => ({
    property,
    message: "Text only: use static/parts/dom.ts.",
  })),
  ...["insertAdjacentHTML", "setHTMLUnsafe", "createContextualFragment", "parseFromString"].map((property) => ({
    property,
    message: "Text only: use static/parts/dom.ts.",
  })),
  ...["write", "writeln"].map((property) => ({ object: "document", property, message: "Text only." })),
  ...["querySelector", "querySelectorAll", "getElementById"].map((property) => ({
    property,
    message: "Keep the element you made; never look one up by a name.",
  })),
];

// The rooms of static/, the lowest first. A file imports from its own room and from rooms below; rooms on one line do not
// import each other. Only the entries (static/*.ts) may import from all. tests/front/imports.test.ts forbids cycles.
const ROOMS = [
  ["wire"],
  ["model"],
  ["words"],
  ["parts"],
  ["sources"],
  ["layout"],
  ["scene"],
  ["render", "actions"],
  ["inspector"],
  ["shell"],
];

/** The name of a file's room and its height in ROOMS (-1: not listed); null for an entry and for what is not a script. */
function roomOf(path) {
  const [name, ...rest] = relative(resolve(import.meta.dirname, "static"), path).split("/");
  if (rest.length === 0 || name === "style") return null;
  return { name, height: ROOMS.findIndex((level) => level.includes(name)) };
}

const layers = {
  create(context) {
    const here = roomOf(context.filename);
    const check = (node) => {
      const spec = node.source?.value;
      if (typeof spec !== "string" || !spec.startsWith(".")) return;
      const there = roomOf(resolve(context.filename, "..", spec));
      const lost = [here, there].find((room) => room?.height === -1);
      if (lost) context.report({ node, message: `static/${lost.name} is not a room: eslint.config.js lists them.` });
      else if (here && there && here.name !== there.name && there.height >= here.height)
        context.report({ node, message: `static/${here.name} must not import from static/${there.name}.` });
    };
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
    };
  },
};

export default tseslint.config(
  { ignores: ["static/dist/**", "static/wire/schema.ts", "node_modules/**", "build/**", ".venv/**", "docs/**"] },
  ...tseslint.configs.strict,
  {
    files: ["static/**/*.ts", "tests/front/**/*.ts", "vite.config.ts"],
    rules: {
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-restricted-properties": ["error", ...banned],
      eqeqeq: "error",
      "max-lines": ["error", { max: 400 }],
      "prefer-const": "error",
    },
  },
  {
    files: ["static/**/*.ts"],
    plugins: { netviz: { rules: { layers } } },
    rules: { "netviz/layers": "error" },
  },
  {
    files: ["static/**/*.ts"],
    ignores: ["static/parts/dom.ts"],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector: "CallExpression[callee.property.name=/^createElement(NS)?$/]",
          message: "static/parts/dom.ts alone makes elements.",
        },
        {
          selector: "TSTypeReference[typeName.name='Record'] > TSTypeParameterInstantiation > TSStringKeyword",
          message: "A Map, never an object with the host's text as its members.",
        },
        { selector: "TSIndexSignature", message: "A Map, never an object with the host's text as its members." },
      ],
    },
  },
);
