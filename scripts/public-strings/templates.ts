import ts from "typescript";
import { ANYTHING } from "./render";
import { shapes, type Tools } from "./uses";

/** Words and placeholders, joined by what joins the parts of keys, ids and addresses. */
const IS_JOINED = /^[\w*./-]*[:/][\w*:./?=&#@<>,-]*$|^[a-z*]+(?:-[\w*]+)+$/;
const IS_ADDRESS = /^\/[\w./?=&*:#-]*$/;

/**
 * What is put together of parts, `order:*`: keys, ids, subjects, addresses. A net below the other kinds: it does not
 * ask where a string goes.
 */
export function addTemplates(tools: Tools): void {
  const { project, render, sections } = tools;
  for (const text of [...project.find(ts.isTemplateExpression), ...project.find(isSum)]) {
    if (!isOfInterest(text)) continue;
    for (const value of render(text, "alone")) {
      if (IS_ADDRESS.test(value)) sections.add("Addresses", value);
      else if (IS_JOINED.test(value) && value.includes(ANYTHING) && /[a-z]/i.test(value))
        sections.add("Names made of parts", value);
    }
  }
  for (const { text, parent } of project.find(ts.isStringLiteralLike))
    if (!ts.isImportDeclaration(parent) && /^\/[a-z]/.test(text) && IS_ADDRESS.test(text))
      sections.add("Addresses", text);
}

function isSum(node: ts.Node): node is ts.BinaryExpression {
  return ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken;
}

/** Not SQL, not a part of something longer, not a style or a React key, not what an error says. */
function isOfInterest(text: ts.Expression): boolean {
  const { parent } = text;
  if (ts.isTaggedTemplateExpression(parent) || isSum(parent)) return false;
  if (ts.isTemplateSpan(parent) && !ts.isTaggedTemplateExpression(parent.parent.parent)) return false;
  return ts.findAncestor(text, (node) => ts.isJsxAttribute(node) || ts.isThrowStatement(node)) === undefined;
}

/** What is written as JSON, by its fields. */
export function addJson(tools: Tools): void {
  const { project, sections } = tools;
  for (const { expression, arguments: given } of project.find(ts.isCallExpression)) {
    const [value] = given;
    if (!value || expression.getText() !== "JSON.stringify") continue;
    const fields = shapes(tools, value);
    sections.add("Written as JSON", ...(fields.length > 0 ? fields : shapesOfCallers(tools, value)));
  }
}

/** A generic function writes what it is called for: what comes in where a type is left open. */
function shapesOfCallers(tools: Tools, value: ts.Expression): string[] {
  const owner = ts.findAncestor(value, isGeneric);
  if (!owner) return [];
  const open = owner.typeParameters.map(({ name }) => name.text);
  const isOpen = ({ type }: ts.ParameterDeclaration) =>
    (type?.getText().match(/\w+/g) ?? []).some((word) => open.includes(word));
  return tools.project.callsOf(owner).flatMap((call) => {
    const given = "attributes" in call ? [] : (call.arguments ?? []);
    return given.flatMap((argument, at) => {
      const parameter = owner.parameters[at];
      return parameter && isOpen(parameter) ? shapes(tools, argument) : [];
    });
  });
}

interface Generic extends ts.FunctionDeclaration {
  typeParameters: ts.NodeArray<ts.TypeParameterDeclaration>;
}

function isGeneric(node: ts.Node): node is Generic {
  return ts.isFunctionDeclaration(node) && node.typeParameters !== undefined;
}
