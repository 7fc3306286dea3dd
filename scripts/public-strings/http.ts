import ts from "typescript";
import type { Project } from "./project";
import { innerOf } from "./syntax";
import { known, literalsIn, methodCalls, namesIn, type Tools } from "./uses";

const ACCESSORS = ["get", "getAll", "has", "set", "append", "delete"];

/** Names in requests and responses: headers, cookies, fields of queries and forms. */
export function addHttp(tools: Tools): void {
  const { project, sections } = tools;
  for (const { receiver, argument } of methodCalls(tools, ACCESSORS)) {
    if (project.isA(receiver, "Headers")) sections.add("HTTP headers", ...known(tools, argument).map(lower));
    if (project.isA(receiver, "URLSearchParams")) sections.add("Query fields", ...known(tools, argument));
    if (project.isA(receiver, "FormData")) sections.add("Form fields", ...known(tools, argument));
    if (project.isA(receiver, "CookieStore")) sections.add("Cookies", ...known(tools, argument));
  }
  for (const { expression, arguments: given } of project.find(ts.isNewExpression)) {
    const [first] = given ?? [];
    if (isGlobal(expression, "Headers")) addHeaderNames(tools, first);
    if (isGlobal(expression, "URLSearchParams"))
      for (const literal of literalsIn(first)) sections.add("Query fields", ...namesIn(tools, literal));
  }
  for (const property of project.find(ts.isPropertyAssignment))
    if (property.name.getText() === "headers") addHeaderNames(tools, property.initializer);
  addPageQueries(tools);
  addSetCookies(tools);
}

function addHeaderNames(tools: Tools, headers: ts.Expression | undefined): void {
  for (const literal of literalsIn(headers))
    tools.sections.add("HTTP headers", ...namesIn(tools, literal).map(lower));
}

/** Query fields that pages read from their own URL. */
function addPageQueries(tools: Tools): void {
  const { project, sections } = tools;
  const { checker } = project;
  const queries = awaitedQueries(project);
  const isNamed = (node: ts.Node) => {
    const declaration = project.symbolOf(node)?.valueDeclaration;
    return declaration !== undefined && queries.has(declaration);
  };
  const isOfPage = (node: ts.Node) => /searchParams/.test(node.getSourceFile().text);
  for (const pattern of project.find(ts.isObjectBindingPattern).filter(isOfPage)) {
    if (!queries.has(pattern.parent) && !isQuery(checker.getTypeAtLocation(pattern))) continue;
    for (const { propertyName, name } of pattern.elements)
      sections.add("Query fields", (propertyName ?? name).getText());
  }
  for (const { expression, name } of project.find(ts.isPropertyAccessExpression).filter(isOfPage))
    if (isNamed(expression) || isQuery(checker.getTypeAtLocation(expression)))
      sections.add("Query fields", name.text);
}

/** Queries that a page awaits in a `Promise.all`, which hides their type. */
function awaitedQueries({ find, checker }: Project): Set<ts.Node> {
  const found = new Set<ts.Node>();
  for (const pattern of find(ts.isArrayBindingPattern)) {
    const { initializer } = pattern.parent as ts.VariableDeclaration;
    const call = initializer && (innerOf(initializer) ?? initializer);
    const list = call && ts.isCallExpression(call) ? call.arguments[0] : undefined;
    if (!list || !ts.isArrayLiteralExpression(list)) continue;
    for (const [index, element] of pattern.elements.entries()) {
      const awaited =
        list.elements[index] && checker.getAwaitedType(checker.getTypeAtLocation(list.elements[index]));
      if (awaited && isQuery(awaited)) found.add(element);
    }
  }
  return found;
}

function isQuery(type: ts.Type): boolean {
  return type.getSymbol()?.name === "PageQuery";
}

/** `Set-Cookie` values with their attributes, and patterns that scripts match on `document.cookie`. */
function addSetCookies(tools: Tools): void {
  const { project, sections } = tools;
  for (const template of project.find(ts.isTemplateExpression))
    if (/; ?Path=\//i.test(template.getText())) sections.add("Cookies", ...tools.render(template));
  for (const { call, argument } of methodCalls(tools, ["exec", "match", "test"])) {
    const isOfCookies = argument?.getText() === "document.cookie";
    if (isOfCookies) sections.add("Cookies", call.expression.getText().replace(/\.\w+$/, ""));
  }
}

function isGlobal(callee: ts.Expression, name: string): boolean {
  return ts.isIdentifier(callee) && callee.text === name;
}

const lower = (name: string) => name.toLowerCase();
