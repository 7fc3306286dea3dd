import { expect, it } from "vitest";
import { safeNextPath } from "@/app/_components/auth/next-path";

it.each(["/me", "/posts/new?draft=1#tags", "/posts/%2F%2Fx"])("goes on to a path of ours: %s", (next) => {
  expect(safeNextPath(next)).toBe(next);
});

it.each([
  "//evil.example",
  "/\\evil.example",
  "/\t/evil.example",
  "/.//evil.example",
  "/a/..//evil.example",
  "/%2e%2e//evil.example",
  "https://evil.example",
  "javascript:alert(1)",
  "//",
  "",
  ["/me", "/x"],
  undefined,
])("goes to the feed instead of %j", (next) => {
  expect(safeNextPath(next)).toBe("/");
});
