import { describe, expect, it } from "vitest";
import { draftDefinitionSchema } from "@/lib/schemas/bot-console";
import { MAX_DEFINITION_BYTES } from "@/lib/schemas/workflow";

const nested = (depth: number): unknown => JSON.parse(`{"a":${"[".repeat(depth)}${"]".repeat(depth)}}`);
const accepts = (json: unknown) => draftDefinitionSchema.safeParse(json).success;

describe("the definition of a draft", () => {
  it("may be anything that Postgres can store", () => {
    expect(accepts({})).toBe(true);
    expect(accepts({ schema: 1, nodes: { a: { kind: "message" }, b: null } })).toBe(true);
  });

  it.each([
    ["a list", []],
    ["a text", "{}"],
    ["null", null],
    ["a text with NUL", { nodes: { a: { text: "\0" } } }],
    ["half of a character", { nodes: { a: { text: "\ud800" } } }],
    ["a key with NUL", { nodes: { "\0": {} } }],
    ["twenty-one levels and more", nested(21)],
    ["a hundred thousand levels", nested(100_000)],
    ["more than a definition's bytes", { text: "я".repeat(MAX_DEFINITION_BYTES / 2) }],
  ])("is not %s", (_, json) => {
    expect(accepts(json)).toBe(false);
  });

  it("takes linear time on a million of small values", () => {
    const startedAt = performance.now();
    expect(accepts({ list: Array.from({ length: 400_000 }, () => 0) })).toBe(true);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});
