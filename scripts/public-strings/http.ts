import ts from "typescript";
import type { Project } from "./project";
import { innerOf } from "./syntax";
import { known, literalsIn, methodCalls, namesIn, type Tools } from "./uses";

const READ_OR_WRITTEN = ["get", "getAll", "has", "set", "append", "delete"];

/** Names in requests and answers: headers, cookies, fields of queries and forms. */
export function addHttp(tools: Tools): void {
  const { project, sections } = tools;
  for (const { receiver, argument } of methodCalls(tools, READ_OR_WRITTEN)) {
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

/** What pages read of their own address. */
function addPageQueries(tools: Tools): void {
  const { project, sections } = tools;
  const { checker } = project;
  const queries = queriesAmongOthers(project);
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

/** Where a page waits for its query together with other things, `Promise.all` hides its type. */
function queriesAmongOthers({ find, checker }: Project): Set<ts.Node> {
  const found = new Set<ts.Node>();
  for (const pattern of find(ts.isArrayBindingPattern)) {
    const { initializer } = pattern.parent as ts.VariableDeclaration;
    const call = initializer && (innerOf(initializer) ?? initializer);
    const list = call && ts.isCallExpression(call) ? call.arguments[0] : undefined;
    if (!list || !ts.isArrayLiteralExpression(list)) continue;
    for (const [at, element] of pattern.elements.entries()) {
      const awaited =
        list.elements[at] && checker.getAwaitedType(checker.getTypeAtLocation(list.elements[at]));
      if (awaited && isQuery(awaited)) found.add(element);
    }
  }
  return found;
}

function isQuery(type: ts.Type): boolean {
  return type.getSymbol()?.name === "PageQuery";
}

/** What is sent as `Set-Cookie`, with its attributes, and what a script reads of `document.cookie`. */
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
