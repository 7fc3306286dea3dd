import { existsSync, readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { readPage } from "./markdown";

/** The table of rooms in docs/ARCHITECTURE.md is the folders there are. */

const HOUSES = ["app", "lib", "local"];

const rooms = HOUSES.flatMap((house) =>
  readdirSync(house, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `${house}/${name}`),
);

/** Paths in the first column of the tables, each in backticks. */
const named = readPage("docs/ARCHITECTURE.md")
  .prose.split("\n")
  .filter((line) => line.startsWith("| `"))
  .flatMap((line) => [...(line.split("|")[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, path = ""]) => path));

test("every room is named", () => {
  expect(rooms).toContain("lib/core");
  expect(rooms.filter((room) => !named.includes(room))).toEqual([]);
});

test("every path that is named is there, once", () => {
  expect(named.filter((path) => !existsSync(path))).toEqual([]);
  expect(named.filter((path, index) => named.indexOf(path) !== index)).toEqual([]);
});
