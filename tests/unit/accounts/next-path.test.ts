import fc from "fast-check";
import { expect, it } from "vitest";
import { safeNextPath } from "@/app/_features/account/safe-next-path";
import { runs } from "@/tests/support/fuzz/runs";

it.each([
  "/me",
  "/posts/new?draft=1#tags",
  "/posts/%2F%2Fx",
  "/shop?q=a%2F%2Fb",
  "/sign-in?next=//evil.example",
])("accepts an own path: %s", (next) => {
  expect(safeNextPath(next)).toBe(next);
});

it.each([
  "//evil.example",
  "///evil.example",
  "/\\evil.example",
  "\\\\evil.example",
  "/\t/evil.example",
  "/\n/evil.example",
  "\t//evil.example",
  " //evil.example",
  "/\u0000/evil.example",
  "/\u200b/evil.example",
  "/.//evil.example",
  "/a/..//evil.example",
  "/%2e%2e//evil.example",
  "/%2f%2fevil.example",
  "/%2Fevil.example",
  "/%5cevil.example",
  "/%09/evil.example",
  "/%",
  "//user:password@evil.example",
  "//here.invalid",
  "https://evil.example",
  "https:evil.example",
  "https:/evil.example",
  "javascript:alert(1)",
  "data:text/html,x",
  `/${"a".repeat(2_000)}`,
  "//",
  "",
  ["/me", "/x"],
  undefined,
])("falls back to the feed for %j", (next) => {
  expect(safeNextPath(next)).toBe("/");
});

it("never returns a foreign origin for any input, and is idempotent", () => {
  const piece = fc.constantFrom(
    ...[
      "/",
      "//",
      "\\",
      ".",
      "..",
      "%2f",
      "%2F",
      "%5c",
      "%2e",
      "%00",
      "%09",
      "\t",
      "\n",
      "\r",
      " ",
      "\u0000",
    ],
    ...[
      "\u2028",
      "\u200b",
      "@",
      ":",
      "?",
      "#",
      "https:",
      "evil.example",
      "user:pw@",
      "a",
      "%",
      "%25",
      "\ud800",
      "／",
    ],
  );
  const nasty = fc.array(piece, { maxLength: 12 }).map((pieces) => `/${pieces.join("")}`);
  fc.assert(
    fc.property(fc.oneof(nasty, fc.string({ unit: "binary" }), fc.webUrl()), (next) => {
      const path = safeNextPath(next);
      for (const base of ["https://music.test", "http://localhost:3000/sign-in"]) {
        expect(new URL(path, base).origin).toBe(new URL(base).origin);
      }
      expect(path).toMatch(/^\/(?![/\\])[!-~]*$/);
      expect(safeNextPath(path)).toBe(path);
    }),
    { numRuns: runs(1_000) },
  );
});
