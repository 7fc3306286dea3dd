import { expect, it } from "vitest";
import { canonicalTagPath, tagPath } from "@/lib/schemas/tag-path";

it("a tag's page has the tag as it was written, and one canonical address for all ways to write it", () => {
  expect(tagPath("drum & bass/2")).toBe("/tags/drum%20%26%20bass%2F2");
  expect(decodeURIComponent(tagPath("Ёлка".normalize("NFD")))).toBe("/tags/ёлка");
  const written = ["чёрный чай", "Чёрный Чай".normalize("NFD"), "ЧЕРНЫЙ ЧАЙ"];
  expect(written.map((tag) => decodeURIComponent(canonicalTagPath(tag)))).toEqual(
    written.map(() => "/tags/черный чай"),
  );
  expect(canonicalTagPath("Café")).toBe("/tags/cafe");
});

it("a tag of dots, which is a folder in an address, is searched for", () => {
  expect([".", "..", "..."].map(tagPath)).toEqual(["/search?q=.", "/search?q=..", "/search?q=..."]);
});
