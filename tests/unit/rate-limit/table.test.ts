import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { findPolicy } from "@/lib/rate-limit/policies";
import { LIMIT_TABLE_FILE, limitRows, limitTable } from "@/scripts/limit-table";
import { type DocumentedRoute, findRoutes } from "@/scripts/openapi-document";

const routes = await findRoutes();
const nameOf = ({ method, path }: DocumentedRoute) => `${method} ${path}`;

it("the gate's table matches the routes (npm run openapi)", async () => {
  expect(await readFile(LIMIT_TABLE_FILE, "utf8")).toBe(await limitTable(routes));
});

describe("every route has its own row", () => {
  it.each(routes.map((route) => [nameOf(route), route] as const))("%s", (_, { path, method, spec }) => {
    const pattern = path.replace(/\{(\w+)\}/g, ":$1");
    const requestPath = path.replace(/\{\w+\}/g, "0192d5e0-0000-7000-8000-000000000000");
    const found = findPolicy(requestPath, method);
    expect(found.policy?.name ?? "skip").toBe(spec.limit ?? "default");
    // The key has the pattern, never the parameters' values.
    expect([pattern, `${method} ${pattern}`]).toContain(found.pattern);
  });
});

it("routes that can guess passwords, spend money or are irreversible are strict", () => {
  const loose = routes.filter(({ spec }) => spec.limit !== "strict").map(nameOf);
  expect(loose.filter((name) => name.includes(" /api/auth/"))).toEqual([
    "POST /api/auth/refresh",
    "POST /api/auth/sign-out",
  ]);
  const sensitive =
    /^(POST \/api\/orders|POST \/api\/me\/(password|email|confirm-email)|GET \/api\/me\/export|DELETE \/api\/me)$/;
  expect(loose.filter((name) => sensitive.test(name))).toEqual([]);
});

it("only routes that are authenticated by a signature or a secret are not limited", () => {
  const skipped = routes.filter(({ spec }) => spec.limit === "skip");
  expect(skipped.filter(({ spec }) => spec.auth === "user" || spec.auth === "admin").map(nameOf)).toEqual([]);
  expect(skipped.filter(({ spec }) => spec.auth === "public").map(({ path }) => path)).toEqual([
    "/api/media/upload/completed",
    "/api/realtime",
    ...skipped.map(({ path }) => path).filter((path) => path.startsWith("/api/webhooks/")),
  ]);
});

it("HEAD has GET's policy, and an unlisted method the path's default", () => {
  const [get] = routes;
  const spec = (limit?: "strict") => ({ ...get?.spec, limit }) as DocumentedRoute["spec"];
  const route = (method: DocumentedRoute["method"], path: string, limit?: "strict") =>
    ({ method, path, spec: spec(limit) }) as DocumentedRoute;
  expect(
    limitRows([
      route("GET", "/api/a/{id}"),
      route("DELETE", "/api/a/{id}", "strict"),
      route("GET", "/api/a/b", "strict"),
      route("POST", "/api/a/b", "strict"),
    ]),
  ).toEqual([
    { pattern: "/api/a/b", policy: "strict" },
    { pattern: "/api/a/:id", method: "DELETE", policy: "strict" },
    { pattern: "/api/a/:id", policy: "default" },
  ]);
  for (const { path, method } of routes.filter((one) => one.method === "GET")) {
    expect(findPolicy(path, "HEAD")).toEqual(findPolicy(path, method));
  }
  expect(findPolicy("/api/orders", "POST").policy?.name).toBe("strict");
  expect(findPolicy("/api/orders", "PROPFIND").policy?.name).toBe("default");
});

it.each([
  ["/", "/*", "default"],
  ["/posts/0192d5e0", "/*", "default"],
  ["/r/ABCD2345", "/r/:code", "default"],
  ["/api/nowhere", "/api/*", "default"],
  ["/api/auth/nowhere", "/api/auth/*", "strict"],
  ["/api/auth/%73ign-in/", "/api/auth/sign-in", "strict"],
  ["/_next/static/chunks/a.js", "/_next/static/*", "skip"],
])("%s is found under %s, which is %s", (path, pattern, policy) => {
  const found = findPolicy(path);
  expect([found.pattern, found.policy?.name ?? "skip"]).toEqual([pattern, policy]);
});
