import ts from "typescript";
import { type Area, calleeOf, type Project } from "./project";
import { ANYTHING, type Renderer } from "./render";
import type { Sections } from "./sections";
import { shapesOf } from "./shape";
import { innerOf } from "./syntax";

/** What every extraction needs. */
export interface Tools {
  project: Project;
  render: Renderer;
  sections: Sections;
}

/** A call of a method, such as `Storage.getItem`. */
export interface MethodCall {
  call: ts.CallExpression;
  receiver: ts.Expression;
  method: string;
  argument: ts.Expression | undefined;
}

/** Calls of methods with one of these names, on any receiver. */
export function methodCalls(
  { project }: Tools,
  methods: readonly string[],
  area: Area = "app",
): MethodCall[] {
  return project.find(ts.isCallExpression, area).flatMap((call) => {
    const callee = calleeOf(call);
    if (!ts.isPropertyAccessExpression(callee) || !methods.includes(callee.name.text)) return [];
    return [{ call, receiver: callee.expression, method: callee.name.text, argument: call.arguments[0] }];
  });
}

/** Calls and constructions of a package's export. */
export function packageCalls(
  { project }: Tools,
  packageName: string,
  name: string,
  area: Area = "app",
): (ts.CallExpression | ts.NewExpression)[] {
  const isExport = (callee: ts.Expression): boolean => {
    if (!ts.isIdentifier(callee)) return false;
    const [declaration] = project.checker.getSymbolAtLocation(callee)?.declarations ?? [];
    if (!declaration || !ts.isImportSpecifier(declaration)) return false;
    const from = declaration.parent.parent.parent.moduleSpecifier;
    return (
      ts.isStringLiteral(from) &&
      from.text === packageName &&
      (declaration.propertyName ?? declaration.name).text === name
    );
  };
  return [...project.find(ts.isCallExpression, area), ...project.find(ts.isNewExpression, area)].filter(
    ({ expression }) => isExport(expression),
  );
}

/** The values of an expression, without entirely unknown ones. */
export function known({ render }: Tools, expression: ts.Expression | undefined): string[] {
  return expression ? render(expression).filter((value) => value !== ANYTHING) : [];
}

/** The shapes of an expression's type. */
export function shapes({ project }: Tools, expression: ts.Expression): string[] {
  return shapesOf(project, project.checker.getTypeAtLocation(expression), expression);
}

/** Elements of an array literal, or of a constant that is one. */
export function elementsOf(project: Project, expression: ts.Expression | undefined): ts.Expression[] {
  const value = expression && constantBehind(project, expression);
  if (!value || !ts.isArrayLiteralExpression(value)) return [];
  return value.elements.filter((element) => !ts.isSpreadElement(element));
}

/** The initializer of a constant that an expression names; other expressions unchanged. */
export function constantBehind(project: Project, expression: ts.Expression): ts.Expression {
  const value = innerOf(expression) ?? expression;
  if (!ts.isIdentifier(value)) return value;
  const declaration = project.symbolOf(value)?.valueDeclaration;
  const named =
    declaration && ts.isShorthandPropertyAssignment(declaration)
      ? project.checker.getShorthandAssignmentValueSymbol(declaration)?.valueDeclaration
      : declaration;
  const initializer = named && ts.isVariableDeclaration(named) ? named.initializer : undefined;
  return initializer ? constantBehind(project, initializer) : value;
}

/** Names of the properties of an object literal. */
export function namesIn({ render }: Pick<Tools, "render">, object: ts.ObjectLiteralExpression): string[] {
  return object.properties.flatMap(({ name }) => {
    if (!name) return [];
    if (ts.isIdentifier(name) || ts.isStringLiteral(name)) return [name.text];
    return ts.isComputedPropertyName(name) ? render(name.expression) : [];
  });
}

/** Object literals in an expression: itself, both branches of a conditional, and literals spread into it. */
export function literalsIn(expression: ts.Expression | undefined): ts.ObjectLiteralExpression[] {
  if (!expression) return [];
  const value = innerOf(expression) ?? expression;
  if (ts.isConditionalExpression(value))
    return [...literalsIn(value.whenTrue), ...literalsIn(value.whenFalse)];
  if (!ts.isObjectLiteralExpression(value)) return [];
  const spread = value.properties.filter(ts.isSpreadAssignment);
  return [value, ...spread.flatMap((property) => literalsIn(property.expression))];
}

export interface Field {
  name: string;
  value: ts.Expression;
  node: ts.PropertyAssignment | ts.ShorthandPropertyAssignment;
}

const fieldsOf = new WeakMap<Project, readonly Field[]>();

/** Every field of every object literal of the app, with its value. */
export function fields({ project }: Tools): readonly Field[] {
  const known = fieldsOf.get(project);
  if (known) return known;
  const list = [
    ...project
      .find(ts.isPropertyAssignment)
      .map((node) => ({ name: node.name.getText(), value: node.initializer, node })),
    ...project
      .find(ts.isShorthandPropertyAssignment)
      .map((node) => ({ name: node.name.text, value: node.name, node })),
  ];
  fieldsOf.set(project, list);
  return list;
}
