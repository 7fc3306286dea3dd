import ts from "typescript";
import { constantBehind, elementsOf, known, methodCalls, type Tools } from "./uses";

const IS_LOCK = /\bpg_\w*advisory\w*/;
const IS_LOCAL = /^local\//;

/** Names in Postgres that are in no schema, and file names of the local stack. */
export function addStorage(tools: Tools): void {
  const { project, sections } = tools;
  for (const { template } of project.find(ts.isTaggedTemplateExpression)) {
    if (!ts.isTemplateExpression(template) || !IS_LOCK.test(template.getText())) continue;
    const keys = template.templateSpans.flatMap(({ expression }) => known(tools, expression));
    sections.add("Advisory locks", ...keys);
  }
  for (const { template } of project.find(ts.isTaggedTemplateExpression)) {
    const sql = template.getText();
    const fields = [...sql.matchAll(/->>?\s*'(\w+)'/g)].map(([, name = ""]) => name);
    const written = [...sql.matchAll(/'(\{"[^']*\})'/g)].map(([, json = ""]) => json);
    sections.add("JSON in SQL", ...fields, ...written);
  }
  for (const call of project.find(ts.isCallExpression, "all")) {
    const [sql, parameters] = call.arguments;
    if (!sql || !ts.isStringLiteralLike(sql) || !IS_LOCK.test(sql.text)) continue;
    const values = elementsOf(project, parameters).map((element) =>
      constantBehind(project, element).getText(),
    );
    sections.add("Advisory locks", ...values);
  }
  addFiles(tools);
}

/** Names of files and folders in the data folder. */
function addFiles(tools: Tools): void {
  for (const { call, receiver } of methodCalls(tools, ["join", "resolve"], "all")) {
    const isOfStack = IS_LOCAL.test(tools.project.pathOf(call)) && receiver.getText() === "path";
    const name = isOfStack ? call.arguments.at(-1) : undefined;
    tools.sections.add(
      "Files of the local stack",
      ...known(tools, name).filter((fileName) => /^[\w.*-]+$/.test(fileName)),
    );
  }
}
