import path from "node:path";
import ts from "typescript";
import { createProgram, ROOT } from "./program";

/** Files of this tool, whose own strings are not public. */
const TOOL_PATHS = [path.join(import.meta.dirname, "/"), `${import.meta.dirname}.ts`];
/** Folders whose code is not part of the product. */
const NOT_DEPLOYED = /^(local|scripts|bench|prisma|tests)\//;

/** `app`: what is deployed. `all`: the local stack, commands and benchmarks too. */
export type Area = "app" | "all";

/** A call, a construction, or the use of a component. */
export type Call = ts.CallExpression | ts.NewExpression | ts.JsxOpeningElement | ts.JsxSelfClosingElement;

export interface Project {
  checker: ts.TypeChecker;
  /** Finds every node of a kind. */
  find<T extends ts.Node>(is: (node: ts.Node) => node is T, area?: Area): T[];
  source(file: string): ts.SourceFile;
  /** Path of a node's file, relative to the root. */
  pathOf(node: ts.Node): string;
  /** The symbol of a name, resolved through imports. */
  symbolOf(node: ts.Node): ts.Symbol | undefined;
  /** Calls of a declared function, in deployed code and the local stack. */
  callsOf(declaration: ts.Declaration): Call[];
  /** Whether a value has a type of the browser or the language, such as `Storage`. */
  isA(node: ts.Expression, typeName: string): boolean;
}

export function openProject(): Project {
  const program = createProgram();
  const checker = program.getTypeChecker();
  const nodes: Record<Area, ts.Node[]> = { app: [], all: [] };
  const callNodes: ts.Node[] = [];
  for (const source of program.getSourceFiles()) {
    const file = relative(source);
    const isOurs = !source.isDeclarationFile && !file.startsWith("..") && !file.includes("node_modules/");
    if (!isOurs || file.startsWith("tests/") || TOOL_PATHS.some((start) => source.fileName.startsWith(start)))
      continue;
    const inside: ts.Node[] = [];
    collect(source, inside);
    append(nodes.all, inside);
    if (!NOT_DEPLOYED.test(file)) append(nodes.app, inside);
    if (!NOT_DEPLOYED.test(file) || file.startsWith("local/")) append(callNodes, inside);
  }

  const symbolOf = (node: ts.Node) => {
    const symbol = checker.getSymbolAtLocation(node);
    return symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  };
  const calls = indexCalls(callNodes);
  const isCallOf = (call: Call, declaration: ts.Declaration) => {
    const declarations = symbolOf(nameIn(calleeOf(call)))?.declarations ?? [];
    return declarations
      .flatMap(throughShorthand)
      .some((candidate) => candidate === declaration || unwrapped(candidate) === declaration);
  };
  /** `{ name }` is declared where `name` is. */
  const throughShorthand = (declaration: ts.Declaration): readonly ts.Declaration[] =>
    ts.isShorthandPropertyAssignment(declaration)
      ? (checker.getShorthandAssignmentValueSymbol(declaration)?.declarations ?? [])
      : [declaration];
  const callsOf = new Map<ts.Declaration, Call[]>();
  const found: Record<Area, Map<unknown, ts.Node[]>> = { app: new Map(), all: new Map() };

  return {
    checker,
    symbolOf,
    pathOf: (node) => relative(node.getSourceFile()),
    find: (is, area = "app") => {
      const known = found[area].get(is);
      if (known) return known as never;
      const matches = nodes[area].filter(is);
      found[area].set(is, matches);
      return matches;
    },
    source: (file) => {
      const source = program.getSourceFile(file);
      if (!source) throw new Error(`${file} is not part of the program`);
      return source;
    },
    callsOf: (declaration) => {
      const known = callsOf.get(declaration);
      if (known) return known;
      const name = nameOf(declaration);
      const matches = name ? calls(name.text).filter((call) => isCallOf(call, declaration)) : [];
      callsOf.set(declaration, matches);
      return matches;
    },
    isA: (node, typeName) => {
      const type = checker.getNonNullableType(checker.getTypeAtLocation(node));
      const symbols = type.isUnion() ? type.types.map((part) => part.getSymbol()) : [type.getSymbol()];
      return symbols.some((symbol) => symbol?.name === typeName && isForeign(symbol));
    },
  };
}

function relative({ fileName }: ts.SourceFile): string {
  return path.relative(ROOT, fileName).replaceAll(path.sep, "/");
}

function collect(node: ts.Node, into: ts.Node[]): void {
  into.push(node);
  ts.forEachChild(node, (child) => collect(child, into));
}

function append(to: ts.Node[], nodes: readonly ts.Node[]): void {
  for (const node of nodes) to.push(node);
}

/** Indexes calls by the called name, following renamed imports. */
function indexCalls(nodes: readonly ts.Node[]): (name: string) => Call[] {
  const byName = new Map<string, Call[]>();
  const aliases = new Map<string, Set<string>>();
  for (const node of nodes) {
    if (isCall(node)) {
      const name = lastName(calleeOf(node));
      if (name) byName.set(name, [...(byName.get(name) ?? []), node]);
    }
    if (ts.isImportSpecifier(node) && node.propertyName) {
      const original = node.propertyName.text;
      aliases.set(original, (aliases.get(original) ?? new Set()).add(node.name.text));
    }
  }
  return (name) => [name, ...(aliases.get(name) ?? [])].flatMap((each) => byName.get(each) ?? []);
}

function isCall(node: ts.Node): node is Call {
  return (
    ts.isCallExpression(node) ||
    ts.isNewExpression(node) ||
    ts.isJsxOpeningElement(node) ||
    ts.isJsxSelfClosingElement(node)
  );
}

export function calleeOf(call: Call): ts.Expression {
  const callee = "tagName" in call ? call.tagName : call.expression;
  return callee as ts.Expression;
}

function nameIn(callee: ts.Expression): ts.Expression | ts.MemberName {
  return ts.isPropertyAccessExpression(callee) ? callee.name : callee;
}

function lastName(callee: ts.Expression): string | undefined {
  if (ts.isIdentifier(callee)) return callee.text;
  return ts.isPropertyAccessExpression(callee) ? callee.name.text : undefined;
}

/** The name by which a function is called. */
function nameOf(declaration: ts.Declaration): ts.Identifier | undefined {
  const named =
    ts.isArrowFunction(declaration) || ts.isFunctionExpression(declaration)
      ? declaration.parent
      : declaration;
  const name = ts.isConstructorDeclaration(named)
    ? named.parent.name
    : ts.getNameOfDeclaration(named as ts.Declaration);
  return name && ts.isIdentifier(name) ? name : undefined;
}

/** The function behind `const name = () => …` and `{ name: () => … }`; the constructor of a class. */
function unwrapped(declaration: ts.Declaration): ts.Node | undefined {
  if (ts.isVariableDeclaration(declaration) || ts.isPropertyAssignment(declaration))
    return declaration.initializer;
  if (ts.isClassDeclaration(declaration)) return declaration.members.find(ts.isConstructorDeclaration);
  return undefined;
}

/** Whether a symbol is declared outside this repository. */
export function isForeign(symbol: ts.Symbol): boolean {
  return (symbol.declarations ?? []).some((declaration) => {
    const { fileName, isDeclarationFile } = declaration.getSourceFile();
    return isDeclarationFile || fileName.includes("node_modules");
  });
}
