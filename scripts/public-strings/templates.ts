import ts from "typescript";
import { ANYTHING } from "./render";
import { shapes, type Tools } from "./uses";

/** Words and placeholders, joined by the separators of keys, ids and paths. */
const IS_JOINED = /^[\w*./-]*[:/][\w*:./?=&#@<>,-]*$|^[a-z*]+(?:-[\w*]+)+$/;
const IS_ADDRESS = /^\/[\w./?=&*:#-]*$/;

/**
 * Strings composed of parts, such as `order:*`: keys, ids, subjects, paths. A fallback for strings that the other
 * extractions miss: it does not depend on where a string is used.
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

/** Excludes SQL, parts of longer strings, JSX attributes and error messages. */
function isOfInterest(text: ts.Expression): boolean {
  const { parent } = text;
  if (ts.isTaggedTemplateExpression(parent) || isSum(parent)) return false;
  if (ts.isTemplateSpan(parent) && !ts.isTaggedTemplateExpression(parent.parent.parent)) return false;
  return ts.findAncestor(text, (node) => ts.isJsxAttribute(node) || ts.isThrowStatement(node)) === undefined;
}

/** Shapes of the values that are written as JSON. */
export function addJson(tools: Tools): void {
  const { project, sections } = tools;
  for (const { expression, arguments: given } of project.find(ts.isCallExpression)) {
    const [value] = given;
    if (!value || expression.getText() !== "JSON.stringify") continue;
    const fields = shapes(tools, value);
    sections.add("Written as JSON", ...(fields.length > 0 ? fields : shapesOfCallers(tools, value)));
  }
}

/** Shapes from the callers of a generic function: those of the arguments whose type is a type parameter. */
function shapesOfCallers(tools: Tools, value: ts.Expression): string[] {
  const owner = ts.findAncestor(value, isGeneric);
  if (!owner) return [];
  const open = owner.typeParameters.map(({ name }) => name.text);
  const isOpen = ({ type }: ts.ParameterDeclaration) =>
    (type?.getText().match(/\w+/g) ?? []).some((word) => open.includes(word));
  return tools.project.callsOf(owner).flatMap((call) => {
    const given = "attributes" in call ? [] : (call.arguments ?? []);
    return given.flatMap((argument, index) => {
      const parameter = owner.parameters[index];
      return parameter && isOpen(parameter) ? shapesOfArgument(tools, argument) : [];
    });
  });
}

/** The shapes of an argument; for a parameter that is passed on, those that the function's callers pass. */
function shapesOfArgument(tools: Tools, argument: ts.Expression): string[] {
  const parameter = ts.isIdentifier(argument) && tools.project.symbolOf(argument)?.valueDeclaration;
  if (!parameter || !ts.isParameter(parameter)) return shapes(tools, argument);
  const owner = parameter.parent;
  const declaration = ts.isPropertyAssignment(owner.parent) ? owner.parent : owner;
  const index = owner.parameters.indexOf(parameter);
  return tools.project.callsOf(declaration).flatMap((call) => {
    const given = "attributes" in call ? undefined : call.arguments?.[index];
    return given ? shapesOfArgument(tools, given) : [];
  });
}

interface Generic extends ts.FunctionDeclaration {
  typeParameters: ts.NodeArray<ts.TypeParameterDeclaration>;
}

function isGeneric(node: ts.Node): node is Generic {
  return ts.isFunctionDeclaration(node) && node.typeParameters !== undefined;
}
