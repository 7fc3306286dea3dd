import ts from "typescript";
import { ANYTHING } from "./render";
import type { Tools } from "./uses";

/** Every Lua script calls Redis like this. */
const IS_LUA = /redis\.p?call\(/;
/** Options of commands, and parts of patterns. */
const NO_NAME = /^(?:[A-Z]+|[-+]inf|\(|)$/;

/**
 * String literals of the Lua scripts: hash fields, stored values, parts of messages; and the names under which scripts
 * are counted. Listed per script, since equal strings in two scripts are unrelated.
 */
export function addLua(tools: Tools): void {
  const { project, render, sections } = tools;
  const isText = (node: ts.Node): node is ts.Expression & ts.Node =>
    ts.isTemplateExpression(node) || ts.isNoSubstitutionTemplateLiteral(node) || ts.isStringLiteral(node);
  for (const text of project.find(isText)) {
    if (!IS_LUA.test(text.getText()) || isFragment(tools, text)) continue;
    const name = scriptName(tools, text);
    if (name) sections.add("Redis scripts by the names they are counted under", `script:${name}`);
    for (const source of render(text)) {
      for (const word of wordsOf(source))
        sections.add("Words in Lua", `${name ?? "the gate's scripts"}: ${word}`);
    }
  }
}

/** The string literals of a script, without the commands it calls. */
function wordsOf(source: string): string[] {
  const code = source.replace(/--[^\n]*/g, "");
  const words: string[] = [];
  for (const [, before = "", single, double] of code.matchAll(
    /(redis\.p?call\(\s*)?(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")/g,
  )) {
    const word = single ?? double ?? "";
    if (before === "" && !NO_NAME.test(word)) words.push(`'${word}'`);
  }
  return words;
}

/** The first argument of the call that defines a script, unless it is the script itself. */
function scriptName({ render }: Tools, text: ts.Expression): string | undefined {
  if (!ts.isCallExpression(text.parent)) return undefined;
  const [first] = text.parent.arguments;
  const [name] = first && first !== text ? render(first) : [];
  return name === ANYTHING ? undefined : name;
}

/** Whether a text is a constant that scripts are composed of. */
function isFragment({ project }: Tools, text: ts.Expression): boolean {
  const { parent } = text;
  if (!ts.isVariableDeclaration(parent)) return false;
  const name = parent.name.getText();
  return project
    .find(ts.isTemplateSpan)
    .filter(({ expression }) => ts.isIdentifier(expression) && expression.text === name)
    .some(({ expression }) => project.symbolOf(expression)?.valueDeclaration === parent);
}
