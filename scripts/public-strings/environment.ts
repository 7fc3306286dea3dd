import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { ROOT } from "./program";
import { literalsIn, namesIn, packageCalls, type Tools } from "./uses";

const IS_NAME = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/;
/** As a string it is certainly a variable's name, not a Redis command or an SQL keyword. */
const IS_LONG_NAME = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/;

/** Names of environment variables, and of options on command lines. */
export function addEnvironment(tools: Tools): void {
  const { project, sections } = tools;
  const { checker } = project;
  const heading = "Environment that is read or set, and other words in capitals";
  for (const access of project.find(ts.isPropertyAccessExpression, "all")) {
    const { text } = access.name;
    if (!IS_NAME.test(text)) continue;
    const type = checker.getTypeAtLocation(access.expression);
    if (isEnvironment(type)) sections.add(heading, text);
  }
  for (const { properties } of project.find(ts.isObjectLiteralExpression, "all")) {
    const names = properties
      .filter(ts.isPropertyAssignment)
      .map((property) => property.name.getText())
      .filter((name) => IS_NAME.test(name));
    // Beside a long name, a short one is a variable too: `PORT` beside `DATABASE_URL`.
    if (names.some((name) => IS_LONG_NAME.test(name))) sections.add(heading, ...names);
  }
  for (const literal of project.find(ts.isStringLiteral, "all"))
    if (IS_LONG_NAME.test(literal.text)) sections.add(heading, literal.text);
  for (const file of readdirSync(path.join(ROOT, "tests"), { recursive: true, encoding: "utf8" })) {
    if (!/\.(ts|mts|mjs)$/.test(file)) continue;
    const text = readFileSync(path.join(ROOT, "tests", file), "utf8");
    for (const [, name = ""] of text.matchAll(/process\.env\.([A-Z][A-Z0-9_]*)/g))
      sections.add("Environment of tests", name);
  }
  for (const { arguments: given } of packageCalls(tools, "node:util", "parseArgs", "all")) {
    for (const config of literalsIn(given?.[0])) {
      const options = config.properties.find((property) => property.name?.getText() === "options");
      if (options && ts.isPropertyAssignment(options))
        for (const literal of literalsIn(options.initializer))
          sections.add("Command-line options", ...namesIn(tools, literal).map((name) => `--${name}`));
    }
  }
}

function isEnvironment(type: ts.Type): boolean {
  return type.getSymbol()?.name === "ProcessEnv" || type.getStringIndexType() !== undefined;
}
