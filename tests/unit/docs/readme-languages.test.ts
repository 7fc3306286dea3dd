import { expect, test } from "vitest";
import { codeSpans, linkTargets, readPage, shellCommands } from "./markdown";

/** README.ru.md is README.md in Russian, with the same commands. */

const english = readPage("README.md");
const russian = readPage("README.ru.md");

const sorted = (items: Iterable<string>) => [...new Set(items)].sort();

test("both have the same commands in the same order", () => {
  expect(shellCommands(english)).toContain("npm run dev");
  expect(shellCommands(russian)).toEqual(shellCommands(english));
});

test("both have the same code in tables and text", () => {
  expect(codeSpans(english)).toContain("npm run reset");
  expect(sorted(codeSpans(russian))).toEqual(sorted(codeSpans(english)));
});

test("both have the same links, and link to each other", () => {
  const others = (targets: string[]) => targets.filter((target) => !/^README(\.ru)?\.md$/.test(target));
  expect(sorted(others(linkTargets(russian)))).toEqual(sorted(others(linkTargets(english))));
  expect(linkTargets(english)).toContain("README.ru.md");
  expect(linkTargets(russian)).toContain("README.md");
});

test("both have the same sections in the same order", () => {
  const levels = (text: string) => [...text.matchAll(/^(#+) /gm)].map(([, marks = ""]) => marks.length);
  expect(levels(russian.prose)).toEqual(levels(english.prose));
});
