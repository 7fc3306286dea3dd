import ts from "typescript";
import type { Call, Project } from "./project";
import { argumentsOf, attribute, constantOf, innerOf, literalsOf, propertyIn, returnsOf } from "./syntax";

/**
 * The possible values of a string expression, sorted, with `*` for parts that are known only at run time. Names of
 * variables and functions do not show: constants are resolved to their value, this repository's functions are
 * evaluated, and a parameter has the values that its callers pass.
 *
 * @param alone  ignores callers: parameters are `*`
 */
export type Renderer = (expression: ts.Expression, alone?: "alone") => string[];

export const ANYTHING = "*";
/** Beyond these limits an expression renders to `*`. */
const MAX_VALUES = 40;
const MAX_DEPTH = 6;
/** Deeper callers add little. */
const MAX_CALLER_DEPTH = 2;
const MAX_CALLERS = 60;

/** Values of parameters, and of the names that a parameter is destructured into. */
type Scope = ReadonlyMap<ts.Node, readonly string[]>;

/** Thrown when an expression depends on a parameter of a function. */
class UnboundParameter extends Error {
  constructor(readonly owner: ts.SignatureDeclaration) {
    super("parameter has no value");
  }
}

export function createRenderer(project: Project): Renderer {
  const { checker, symbolOf } = project;
  const underWay = new Set<ts.Node>();

  const render = (expression: ts.Expression, scope: Scope, depth: number) =>
    forCallers((inside) => evaluate(expression, inside, depth), scope, depth);

  /** Evaluates once for each call of the function whose parameters the work depends on. */
  function forCallers(
    work: (scope: Scope) => readonly string[],
    scope: Scope,
    depth: number,
  ): readonly string[] {
    try {
      return work(scope);
    } catch (error) {
      if (!(error instanceof UnboundParameter)) throw error;
      const { owner } = error;
      if (owner.parameters.some((parameter) => scope.has(parameter))) return [ANYTHING];
      const calls = depth < MAX_CALLER_DEPTH ? project.callsOf(owner) : [];
      const scopes =
        calls.length === 0 || calls.length > MAX_CALLERS
          ? [bindToAnything(owner)]
          : calls.map((call) => bind(owner, call, new Map(), depth + 1));
      return bounded(scopes.flatMap((bound) => forCallers(work, new Map([...scope, ...bound]), depth)));
    }
  }

  function evaluate(node: ts.Expression, scope: Scope, depth: number): readonly string[] {
    if (depth > MAX_DEPTH) return [ANYTHING];
    if (ts.isStringLiteralLike(node) || ts.isNumericLiteral(node)) return [node.text];
    if (ts.isTemplateExpression(node)) {
      return node.templateSpans.reduce<readonly string[]>(
        (before, { expression, literal }) =>
          joined(before, joined(evaluate(expression, scope, depth), [literal.text])),
        [node.head.text],
      );
    }
    if (ts.isBinaryExpression(node)) return ofBinary(node, scope, depth);
    if (ts.isConditionalExpression(node)) {
      return bounded([...evaluate(node.whenTrue, scope, depth), ...evaluate(node.whenFalse, scope, depth)]);
    }
    const inner = innerOf(node);
    if (inner) return evaluate(inner, scope, depth);
    const literals = literalsOf(checker.getTypeAtLocation(node));
    if (literals) return literals;
    if (ts.isIdentifier(node) || ts.isPropertyAccessExpression(node)) return ofName(node, scope, depth);
    if (ts.isCallExpression(node)) return ofCall(node, scope, depth);
    return [ANYTHING];
  }

  function ofBinary(node: ts.BinaryExpression, scope: Scope, depth: number): readonly string[] {
    const { kind } = node.operatorToken;
    const right = () => evaluate(node.right, scope, depth);
    if (kind === ts.SyntaxKind.AmpersandAmpersandToken) return right();
    if (kind === ts.SyntaxKind.QuestionQuestionToken || kind === ts.SyntaxKind.BarBarToken)
      return bounded([...evaluate(node.left, scope, depth), ...right()]);
    const isText = kind === ts.SyntaxKind.PlusToken && isString(checker.getTypeAtLocation(node));
    return isText ? joined(evaluate(node.left, scope, depth), right()) : [ANYTHING];
  }

  function ofName(node: ts.Identifier | ts.PropertyAccessExpression, scope: Scope, depth: number) {
    const symbol = symbolOf(ts.isIdentifier(node) ? node : node.name);
    const declaration = symbol?.valueDeclaration ?? symbol?.declarations?.[0];
    return declaration ? ofDeclaration(declaration, scope, depth) : [ANYTHING];
  }

  function ofDeclaration(declaration: ts.Declaration, scope: Scope, depth: number): readonly string[] {
    const bound = scope.get(declaration);
    if (bound) return bound;
    if (underWay.has(declaration)) return [ANYTHING];
    underWay.add(declaration);
    try {
      if (ts.isParameter(declaration)) throw new UnboundParameter(declaration.parent);
      if (ts.isBindingElement(declaration)) return ofBindingElement(declaration, scope, depth);
      if (ts.isShorthandPropertyAssignment(declaration)) {
        const value = checker.getShorthandAssignmentValueSymbol(declaration)?.valueDeclaration;
        return value ? ofDeclaration(value, scope, depth) : [ANYTHING];
      }
      const initializer = constantOf(declaration);
      return initializer ? evaluate(initializer, scope, depth) : [ANYTHING];
    } finally {
      underWay.delete(declaration);
    }
  }

  function ofBindingElement(element: ts.BindingElement, scope: Scope, depth: number): readonly string[] {
    const root = ts.walkUpBindingElementsAndPatterns(element);
    if (ts.isParameter(root)) throw new UnboundParameter(root.parent);
    const name = element.propertyName ?? element.name;
    const source = root.initializer;
    if (!source || element.parent !== root.name || !ts.isIdentifier(name)) return [ANYTHING];
    return ofProperty(source, name.text, scope, depth);
  }

  /** The values of an object's property, where the object is a literal. */
  function ofProperty(object: ts.Expression, name: string, scope: Scope, depth: number): readonly string[] {
    const property = checker.getTypeAtLocation(object).getProperty(name);
    const literals = property && literalsOf(checker.getTypeOfSymbol(property));
    if (literals) return literals;
    const declaration = property?.valueDeclaration;
    const isAssigned =
      declaration && (ts.isPropertyAssignment(declaration) || ts.isShorthandPropertyAssignment(declaration));
    return isAssigned ? ofDeclaration(declaration, scope, depth) : [ANYTHING];
  }

  function ofCall(node: ts.CallExpression, scope: Scope, depth: number): readonly string[] {
    const [first] = node.arguments;
    if (ts.isIdentifier(node.expression) && node.expression.text === "String" && first)
      return evaluate(first, scope, depth);
    const callee = functionOf(node.expression);
    if (!callee || underWay.has(callee)) return [ANYTHING];
    underWay.add(callee);
    try {
      // A nested function sees the parameters of the outer one.
      const inside = new Map([...scope, ...bind(callee, node, scope, depth + 1)]);
      return bounded(returnsOf(callee).flatMap((result) => evaluate(result, inside, depth + 1)));
    } finally {
      underWay.delete(callee);
    }
  }

  function functionOf(expression: ts.Expression): ts.SignatureDeclaration | undefined {
    const name = ts.isPropertyAccessExpression(expression) ? expression.name : expression;
    for (const declaration of symbolOf(name)?.declarations ?? []) {
      const value =
        ts.isVariableDeclaration(declaration) || ts.isPropertyAssignment(declaration)
          ? declaration.initializer
          : declaration;
      if (value && ts.isFunctionLike(value) && "body" in value && value.body) return value;
    }
    return undefined;
  }

  function bind(owner: ts.SignatureDeclaration, call: Call, scope: Scope, depth: number): Scope {
    const values = new Map(bindToAnything(owner));
    const given = argumentsOf(call);
    for (const [index, parameter] of owner.parameters.entries()) {
      const argument = given[index] ?? parameter.initializer;
      if (!argument || ts.isSpreadElement(argument) || parameter.dotDotDotToken) break;
      if (ts.isIdentifier(parameter.name)) values.set(parameter, render(argument, scope, depth));
      else bindPattern(parameter.name, argument, values, scope, depth);
    }
    return values;
  }

  function bindPattern(
    pattern: ts.BindingPattern,
    argument: ts.Expression | ts.JsxAttributes,
    values: Map<ts.Node, readonly string[]>,
    scope: Scope,
    depth: number,
  ): void {
    for (const element of pattern.elements) {
      if (!ts.isBindingElement(element) || element.dotDotDotToken) continue;
      const name = element.propertyName ?? element.name;
      if (!ts.isIdentifier(name)) continue;
      const value = ts.isJsxAttributes(argument)
        ? attribute(argument, name.text)
        : propertyIn(argument, name.text);
      if (value) values.set(element, render(value, scope, depth));
      else if (!ts.isJsxAttributes(argument)) {
        const property = (inside: Scope) => ofProperty(argument, name.text, inside, depth);
        values.set(element, forCallers(property, scope, depth));
      }
    }
  }

  return (expression, alone) => {
    const values = render(expression, new Map(), alone ? MAX_CALLER_DEPTH : 0);
    return [...new Set(values.map(tidy))].sort();
  };
}

function bindToAnything(owner: ts.SignatureDeclaration): Scope {
  const values = new Map<ts.Node, readonly string[]>();
  const add = (node: ts.ParameterDeclaration | ts.BindingElement) => {
    values.set(node, [ANYTHING]);
    if (!ts.isIdentifier(node.name))
      for (const element of node.name.elements) if (ts.isBindingElement(element)) add(element);
  };
  for (const parameter of owner.parameters) add(parameter as ts.ParameterDeclaration);
  return values;
}

function isString(type: ts.Type): boolean {
  return (type.flags & (ts.TypeFlags.StringLike | ts.TypeFlags.Any)) !== 0;
}

function joined(before: readonly string[], after: readonly string[]): readonly string[] {
  return bounded(before.flatMap((start) => after.map((end) => start + end)));
}

function bounded(values: readonly string[]): readonly string[] {
  const distinct = [...new Set(values)];
  return distinct.length > MAX_VALUES ? [ANYTHING] : distinct;
}

function tidy(value: string): string {
  return value.replace(/\*{2,}/g, ANYTHING);
}
