import { existsSync, readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { readPage } from "./markdown";

/** The table of folders in docs/ARCHITECTURE.md matches the folders that exist. */

const ROOTS = ["app", "lib", "local"];

const folders = ROOTS.flatMap((root) =>
  readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `${root}/${name}`),
);

/** Paths in the first column of the tables, each in backticks. */
const named = readPage("docs/ARCHITECTURE.md")
  .prose.split("\n")
  .filter((line) => line.startsWith("| `"))
  .flatMap((line) => [...(line.split("|")[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, path = ""]) => path));

test("every folder is listed", () => {
  expect(folders).toContain("lib/core");
  expect(folders.filter((folder) => !named.includes(folder))).toEqual([]);
});

test("every listed path exists, and is listed once", () => {
  expect(named.filter((path) => !existsSync(path))).toEqual([]);
  expect(named.filter((path, index) => named.indexOf(path) !== index)).toEqual([]);
});
