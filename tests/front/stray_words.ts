import ts from "typescript";

/** A text outside the catalogues that a person could read on the page. */
export interface Stray {
  readonly line: number;
  readonly text: string;
}

/**
 * Functions that put text on the page, each with the positions of the arguments that are shown. -1 means all arguments
 * from the third one, as for `el`.
 */
const SINKS: ReadonlyMap<string, readonly number[]> = new Map([
  ["el", [-1]],
  ["refill", [1, 2, 3, 4]],
  ["button", [0]],
  ["group", [1, 2]],
  ["row", [2, 3]],
  ["warning", [1, 2]],
  ["empty", [1]],
  ["goTo", [1]],
  ["table", [1, 2]],
  ["tableRow", [0]],
  ["segmented", [2]],
  ["add", [0, 1, 2]],
]);

/**
 * Methods that put text on the page, each with the positions of the arguments that are shown. The first argument of
 * `actions.button` is the name of an action, which is not shown.
 */
const METHODS: ReadonlyMap<string, readonly number[]> = new Map([
  ["append", [0, 1, 2, 3]],
  ["button", [2]],
  ["text", [0]],
  ["setNotice", [0]],
  ["say", [0]],
]);

/** Attributes and properties whose values people read or hear. */
const SHOWN = new Set([
  ...["aria-label", "aria-description", "title", "placeholder", "alt", "label", "remark", "nature", "what", "caption"],
  ...["ariaLabel", "textContent", "name", "text", "words", "summary", "place", "reason"],
]);

/**
 * Functions whose arguments need no translation. Either only programs read the arguments, as with names of events, or
 * the arguments are the same in every language, as with command lines.
 */
const NOT_SHOWN = new Set([
  ...["commandIn", "command", "quote", "choice", "choose", "firstOf", "matchMedia", "addEventListener", "on"],
  ...["execCommand", "glyph", "setAttribute", "setProperty", "getContext", "localeCompare", "watch", "live", "values"],
  ...["netfilter", "frame", "count", "of", "edgeId", "pairEdge", "wireItem", "toggle", "add-class", "mono", "ui"],
]);

/**
 * Words that may be outside the catalogues, because they are the same in every language: names that the kernel,
 * iproute2 or nft(8) print. Each row is a text that the page shows.
 */
const KERNEL = new Set([
  ...["MAC", "VLAN", "WireGuard", "IPv4", "IPv6", "ARP", "bridge", "netdev", "PVID", "XDP", "lo", "netviz"],
  ...[
    "ifindex",
    "altname",
    "operstate",
    "mtu",
    "qdisc",
    "promiscuity",
    "gso_max_size",
    "protodown",
    "fwmark",
    "dormant",
  ],
  ...[
    "inet",
    "inet6",
    "IFF_UP",
    "LOWER_UP",
    "#pid",
    "#id",
    "continue",
    "flowtable",
    "B",
    "B/s",
    "/s",
    "DROP",
    "ACCEPT",
  ],
  ...["direct-action", "default", "FORWARD", "map", "set", "nsid", "net:[", "net.", ".conf."],
]);

/** Matches an option of a command line, or the beginning of a command line. */
const COMMAND = /^(--?[a-z]|ip (netns|link) )/;

/** Matches two words, or one word that begins with a capital letter as a sentence does. */
const SENTENCE = /[A-Za-z]{2,}[,.:]? [A-Za-z]{2,}|^[A-Z][a-z]{2,}/;
const LETTERS = /\p{L}{2,}/u;

/**
 * Finds the string literals in TypeScript source code that a person could read on the page, but that are not in the
 * catalogues.
 */
export function strayWords(file: string, source: string): readonly Stray[] {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.ES2022, true);
  const out: Stray[] = [];
  const visit = (node: ts.Node): void => {
    if (isText(node) && !isCode(node)) {
      const text = node.text;
      const isWord = isShown(node) ? LETTERS.test(text) : SENTENCE.test(text);
      const { line } = tree.getLineAndCharacterOfPosition(node.getStart(tree));
      if (isWord && !KERNEL.has(text.trim()) && !COMMAND.test(text)) out.push({ line: line + 1, text });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return out;
}

type Text = ts.StringLiteral | ts.NoSubstitutionTemplateLiteral | ts.TemplateHead | ts.TemplateMiddle | ts.TemplateTail;

function isText(node: ts.Node): node is Text {
  return (
    ts.isStringLiteral(node) ||
    ts.isNoSubstitutionTemplateLiteral(node) ||
    ts.isTemplateHead(node) ||
    ts.isTemplateMiddle(node) ||
    ts.isTemplateTail(node)
  );
}

function nameOf(node: ts.Node): string {
  if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) return node.text;
  if (ts.isPropertyAccessExpression(node)) return node.name.text;
  if (ts.isStringLiteral(node)) return node.text;
  return "";
}

/** Returns the nodes that enclose a node, the nearest first, each with the child that contains the node. */
function* around(node: ts.Node): Iterable<readonly [ts.Node, ts.Node]> {
  for (let at = node; at.parent !== undefined; at = at.parent) yield [at.parent, at];
}

/**
 * Whether a text is read only by programs and programmers: the path of an import, a type, the message of an error, a
 * value in a comparison, a CSS class or selector, or a command line.
 */
function isCode(text: Text): boolean {
  for (const [node, child] of around(text)) {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isTypeNode(node)) return true;
    if (ts.isNewExpression(node)) return true;
    if (ts.isThrowStatement(node) || ts.isCaseClause(node) || ts.isElementAccessExpression(node)) return true;
    if (ts.isBinaryExpression(node)) {
      if (
        [ts.SyntaxKind.EqualsEqualsEqualsToken, ts.SyntaxKind.ExclamationEqualsEqualsToken].includes(
          node.operatorToken.kind,
        )
      )
        return true;
      if (node.operatorToken.kind === ts.SyntaxKind.EqualsToken && nameOf(node.left) === "className") return true;
    }
    if (ts.isPropertyAssignment(node) && ["class", "keys", "when", "type", "id", "kind"].includes(nameOf(node.name)))
      return true;
    if (ts.isCallExpression(node) && child !== node.expression && NOT_SHOWN.has(nameOf(node.expression))) return true;
    if (ts.isFunctionLike(node)) return false;
  }
  return false;
}

/**
 * Whether a text is shown to people: as an argument of a function in SINKS, or as the value of a property that people
 * read.
 */
function isShown(text: Text): boolean {
  for (const [node, child] of around(text)) {
    if (ts.isPropertyAssignment(node) && child === node.initializer && SHOWN.has(nameOf(node.name)))
      return !isAction(node.parent);
    if (ts.isArrayLiteralExpression(node)) {
      const [name, value] = node.elements;
      if (name !== undefined && value === child && node.elements.length === 2 && ts.isStringLiteral(name)) {
        if (SHOWN.has(name.text)) return true;
        if (isAttributes(node)) return false;
      } else if (name === child && node.elements.length === 2 && isAttributes(node)) return false;
    }
    if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken && child === node.right)
      return SHOWN.has(nameOf(node.left));
    if (ts.isCallExpression(node)) {
      const places = (ts.isIdentifier(node.expression) ? SINKS : METHODS).get(nameOf(node.expression));
      const at = node.arguments.findIndex((argument) => argument === child);
      if (places !== undefined && at >= 0) return places.includes(at) || (places.includes(-1) && at >= 2);
      if (at >= 0) return false;
    }
    if (ts.isFunctionLike(node) && !ts.isArrowFunction(node)) return false;
  }
  return false;
}

/** Whether an object is an action: a row of the table of actions. The page does not show the `name` of an action. */
function isAction(object: ts.Node): boolean {
  return (
    ts.isObjectLiteralExpression(object) &&
    object.properties.some(({ name }) => name !== undefined && nameOf(name) === "perform")
  );
}

/** Whether an array is one of the pairs in `attrs: [["name", value], …]`. */
function isAttributes(pair: ts.Node): boolean {
  const property = pair.parent.parent;
  return ts.isPropertyAssignment(property) && nameOf(property.name) === "attrs";
}
