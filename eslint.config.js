import tseslint from "typescript-eslint";

// Text from a host is hostile. What could read it as markup or code, or as the name of a member, is not to be had.
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
