import ts from "typescript";
import { ANYTHING } from "./render";
import type { Tools } from "./uses";

/** Every call that a script makes of Redis is written like this. */
const IS_LUA = /redis\.p?call\(/;
/** Options of commands, and what a pattern is made of. */
const NO_NAME = /^(?:[A-Z]+|[-+]inf|\(|)$/;

/**
 * What stands in the Lua scripts: fields of hashes, words that are stored, parts of messages; and the names under which
 * scripts are counted. Part of each script by its name, since a word in one is no word in another.
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

/** The string literals of a script, but for the commands it calls. */
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

/** The first text beside a script in the call that defines it. */
function scriptName({ render }: Tools, text: ts.Expression): string | undefined {
  if (!ts.isCallExpression(text.parent)) return undefined;
  const [first] = text.parent.arguments;
  const [name] = first && first !== text ? render(first) : [];
  return name === ANYTHING ? undefined : name;
}

/** A constant that scripts are put together of. */
function isFragment({ project }: Tools, text: ts.Expression): boolean {
  const { parent } = text;
  if (!ts.isVariableDeclaration(parent)) return false;
  const name = parent.name.getText();
  return project
    .find(ts.isTemplateSpan)
    .filter(({ expression }) => ts.isIdentifier(expression) && expression.text === name)
    .some(({ expression }) => project.symbolOf(expression)?.valueDeclaration === parent);
}
