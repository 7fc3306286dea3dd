import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { PUBLIC_STRINGS_FILE, publicStrings } from "@/scripts/public-strings/document";
import { differences } from "@/scripts/public-strings/sections";

const ROOT = path.resolve(import.meta.dirname, "../../..");

test("docs/public-strings.txt is what the code says", async () => {
  const written = await readFile(path.join(ROOT, PUBLIC_STRINGS_FILE), "utf8");
  const found = differences(written, publicStrings());
  expect(
    found.join("\n"),
    "a string that somebody outside of the code knows is lost (-) or new (+); when that is meant: npm run public-strings",
  ).toBe("");
});

test("what is lost, new and changed is named under its heading", () => {
  const before = "# Failpoints\na\nb\n\n# Redis keys\npost:{1}\n";
  expect(differences(before, before)).toEqual([]);
  expect(differences(before, "# Failpoints\nb\nc\n\n# Redis keys\nposts:{1}\n")).toEqual([
    "# Failpoints",
    ...["- a", "+ c"],
    "# Redis keys",
    ...["- post:{1}", "+ posts:{1}"],
  ]);
  expect(differences(before, "# Failpoints\na\nb\n")).toEqual(["# Redis keys", "- post:{1}"]);
});
