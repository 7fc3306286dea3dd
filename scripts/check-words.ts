import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import ts from "typescript";
import { z } from "zod";

/**
 * Finds words that the glossary has replaced (words.json) in names, comments and docs. String literals and code in
 * docs are left out: they are data (`cache:told`), or quote it.
 */

const CODE = /\.(tsx?|mjs)$/;
const CHECKED = /\.(tsx?|mjs|md|prisma)$/;
const SKIPPED = /^prisma\/migrations\/|\.generated\.ts$|^README\.ru\.md$/;
/** Parts of a name: `nextSweepInMs` is `next`, `Sweep`, `In`, `Ms`. */
const WORD = /[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g;

const { words, exceptions } = z
  .object({ words: z.record(z.string(), z.string()), exceptions: z.record(z.string(), z.array(z.string())) })
  .parse(JSON.parse(readFileSync("words.json", "utf8")));
const terms = new Map(Object.entries(words));

/** @returns the text with everything that is data blanked out, so that positions stay */
function blankData(file: string, text: string): string {
  if (!CODE.test(file)) return text.replace(/```[\s\S]*?```|`[^`\n]*`|"[^"\n]*"|\]\([^)\n]*\)/g, blank);
  const blanked = [...text];
  const visit = (node: ts.Node): void => {
    if (isData(node)) for (let at = node.getStart(source); at < node.end; at += 1) blankAt(blanked, at);
    ts.forEachChild(node, visit);
  };
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  visit(source);
  // Comments quote data in backticks.
  return blanked.join("").replace(/`[^`\n]*`|"[^"\n]*"/g, blank);
}

const isData = (node: ts.Node): boolean =>
  ts.isStringLiteral(node) ||
  ts.isRegularExpressionLiteral(node) ||
  ts.isNoSubstitutionTemplateLiteral(node) ||
  ts.isTemplateHead(node) ||
  ts.isTemplateMiddleOrTemplateTail(node) ||
  ts.isJsxText(node);

const blank = (text: string): string => text.replace(/[^\n]/g, " ");

function blankAt(characters: string[], at: number): void {
  if (characters[at] !== "\n") characters[at] = " ";
}

let found = 0;
for (const file of execFileSync("git", ["ls-files", "-co", "--exclude-standard"], { encoding: "utf8" }).split(
  "\n",
)) {
  if (!CHECKED.test(file) || SKIPPED.test(file)) continue;
  const lines = blankData(file, readFileSync(file, "utf8")).split("\n");
  for (const [index, line] of lines.entries()) {
    for (const [word] of line.matchAll(WORD)) {
      const term = terms.get(word.toLowerCase());
      if (term === undefined || exceptions[file]?.includes(word)) continue;
      found += 1;
      console.error(`${file}:${index + 1}: "${word}": use ${term}`);
    }
  }
}
if (found > 0) process.exitCode = 1;
