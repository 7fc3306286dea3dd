import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { allPages, anchors, codeSpans, linkTargets, type Page, readPage, shellCommands } from "./markdown";

/** Everything that the docs refer to exists: pages, headings, files and npm scripts. */

const pages = allPages();
const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };

/** The problems of each page, as `page: problem`. */
function problems(find: (page: Page) => string[]): string[] {
  return pages.flatMap((page) => find(page).map((problem) => `${page.file}: ${problem}`));
}

test("the pages are found", () => {
  expect(pages.map(({ file }) => file)).toEqual(
    expect.arrayContaining(["CONTRIBUTING.md", "README.ru.md", "docs/TASKS.md", "docs/decisions/README.md"]),
  );
});

test("every npm script that the docs name exists", () => {
  const namedScripts = ({ text }: Page) =>
    [...text.matchAll(/\bnpm run ([\w-]+(?::[\w-]+)*)/g)].map(([, name = ""]) => name);
  expect(pages.flatMap(namedScripts).length).toBeGreaterThan(20);
  expect(problems((page) => namedScripts(page).filter((name) => !Object.hasOwn(scripts, name)))).toEqual([]);
});

test("every filter of a test command matches a test file", () => {
  const folders: Record<string, string> = { "test:real": "integration" };
  const commands = ({ text }: Page) => [...text.matchAll(/\bnpm run (test:\w+) -- (?!-)([\w/.-]+)/g)];
  const matches = (script = "", filter = "") => {
    const folder = folders[script] ?? script.replace("test:", "");
    const files = readdirSync(`tests/${folder}`, { recursive: true, encoding: "utf8" });
    return files.some((file) => file.endsWith(".test.ts") && `tests/${folder}/${file}`.includes(filter));
  };
  expect(pages.flatMap(commands).length).toBeGreaterThan(5);
  expect(
    problems((page) =>
      commands(page).flatMap(([command, script, filter]) => (matches(script, filter) ? [] : [command])),
    ),
  ).toEqual([]);
});

test("every relative link points to an existing file and heading", () => {
  expect(
    problems((page) =>
      linkTargets(page).filter((target) => !/^[a-z]+:/.test(target) && !resolves(page, target)),
    ),
  ).toEqual([]);
});

function resolves({ file }: Page, target: string): boolean {
  const [to = "", heading] = target.split("#");
  const found = to === "" ? file : path.posix.join(path.posix.dirname(file), to);
  if (!existsSync(found)) return false;
  return heading === undefined || anchors(readPage(found)).has(heading);
}

/**
 * A path of this repository, or a test as SECURITY.md names it (`faults/sessions/races`); not a pattern or an example.
 */
const PATH =
  /^(?:app|bench|docs|lib|local|ops|prisma|scripts|tests|unit|integration|extended|soak|faults|e2e)\/[^\s<>{}*…]+$|^\.ci\/run$/;

const exists = (name: string) => existsSync(name) || existsSync(`tests/${name}.test.ts`);

test("every path in code spans exists", () => {
  const namedPaths = (page: Page) =>
    [...codeSpans(page), ...shellCommands(page)]
      .flatMap((code) => code.split(" "))
      .filter((word) => PATH.test(word));
  expect(pages.flatMap(namedPaths).length).toBeGreaterThan(50);
  expect(problems((page) => namedPaths(page).filter((name) => !exists(name)))).toEqual([]);
});
