import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { PUBLIC_STRINGS_FILE, publicStrings } from "@/scripts/public-strings/document";
import { differences } from "@/scripts/public-strings/sections";

const ROOT = path.resolve(import.meta.dirname, "../../..");

test("docs/public-strings.txt matches the code", async () => {
  const written = await readFile(path.join(ROOT, PUBLIC_STRINGS_FILE), "utf8");
  const found = differences(written, publicStrings());
  expect(
    found.join("\n"),
    "a string with outside users was lost (-) or is new (+); if that is intended: npm run public-strings",
  ).toBe("");
});

test("differences lists lost, new and changed strings under their headings", () => {
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
