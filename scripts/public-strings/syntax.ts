import ts from "typescript";
import type { Call } from "./project";

/** A union of more literals than this counts as any string. */
const MAX_LITERALS = 40;

export function argumentsOf(call: Call): readonly (ts.Expression | ts.JsxAttributes)[] {
  return "attributes" in call ? [call.attributes] : (call.arguments ?? []);
}

export function attribute(attributes: ts.JsxAttributes, name: string): ts.Expression | undefined {
  for (const property of attributes.properties) {
    if (!ts.isJsxAttribute(property) || property.name.getText() !== name || !property.initializer) continue;
    if (ts.isStringLiteral(property.initializer)) return property.initializer;
    return ts.isJsxExpression(property.initializer) ? property.initializer.expression : undefined;
  }
  return undefined;
}

/** The value of a property in an object literal. */
export function propertyIn(object: ts.Expression, name: string): ts.Expression | undefined {
  const literal = innerOf(object) ?? object;
  if (!ts.isObjectLiteralExpression(literal)) return undefined;
  for (const property of literal.properties) {
    const isNamed = property.name && ts.isIdentifier(property.name) && property.name.text === name;
    if (!isNamed) continue;
    if (ts.isPropertyAssignment(property)) return property.initializer;
    if (ts.isShorthandPropertyAssignment(property)) return property.name;
  }
  return undefined;
}

/** The expression inside parentheses, casts, `!` and `await`; undefined when there is none of them. */
export function innerOf(node: ts.Expression): ts.Expression | undefined {
  const isWrapper =
    ts.isParenthesizedExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isSatisfiesExpression(node) ||
    ts.isNonNullExpression(node) ||
    ts.isAwaitExpression(node);
  return isWrapper ? (innerOf(node.expression) ?? node.expression) : undefined;
}

export function constantOf(declaration: ts.Declaration): ts.Expression | undefined {
  if (ts.isPropertyAssignment(declaration)) return declaration.initializer;
  if (ts.isPropertyDeclaration(declaration)) return declaration.initializer;
  const isConstant =
    ts.isVariableDeclaration(declaration) &&
    (ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const) !== 0;
  return isConstant ? declaration.initializer : undefined;
}

export function returnsOf(owner: ts.SignatureDeclaration): ts.Expression[] {
  const body = "body" in owner ? (owner.body as ts.ConciseBody | undefined) : undefined;
  if (!body) return [];
  if (!ts.isBlock(body)) return [body];
  const found: ts.Expression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node)) return;
    if (ts.isReturnStatement(node) && node.expression) found.push(node.expression);
    ts.forEachChild(node, visit);
  };
  visit(body);
  return found;
}

/** The values of a type that consists of literals only. */
export function literalsOf(type: ts.Type): string[] | undefined {
  const parts = (type.isUnion() ? type.types : [type]).filter(
    ({ flags }) => !(flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Null)),
  );
  const values = parts.flatMap((part) =>
    part.isStringLiteral() || part.isNumberLiteral() ? [String(part.value)] : [],
  );
  const isKnown = values.length > 0 && values.length === parts.length && values.length <= MAX_LITERALS;
  return isKnown ? values : undefined;
}
