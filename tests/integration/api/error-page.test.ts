import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { AppError } from "@/lib/core/errors";
import { createRoute, rejectOtherMethods } from "@/lib/core/http";
import { ERROR_PAGE_STYLE_SOURCE } from "@/lib/core/http/error-page";
import { rejectUnknownMethod } from "@/lib/core/http/reject-other-methods";

const NAVIGATION = { accept: "text/html,application/xhtml+xml,*/*;q=0.8", "sec-fetch-mode": "navigate" };
const BROWSERS: [string, Record<string, string>][] = [
  ["a current browser", NAVIGATION],
  ["an older browser", { accept: "text/html,*/*" }],
];
const CLIENTS: [string, Record<string, string>][] = [
  ["no headers", {}],
  ["curl", { accept: "*/*" }],
  ["a script of a page", { accept: "*/*", "sec-fetch-mode": "cors" }],
  ["a picture of a page", { accept: "image/avif,*/*", "sec-fetch-mode": "no-cors" }],
  ["a script that asks for a page", { accept: "text/html", "sec-fetch-mode": "same-origin" }],
];

const route = createRoute({ authenticate: async () => null });
const failing = (error: unknown) =>
  route({ summary: "Fails", auth: "public", response: z.never() }, async () => {
    throw error;
  });
const get = (handler: ReturnType<typeof failing>, headers: Record<string, string>) =>
  handler(new Request("http://localhost/api/x", { headers: { "accept-language": "en", ...headers } }), {
    params: Promise.resolve({}),
  });

describe("a failing address", () => {
  const error = new AppError("unauthenticated");

  it.each(BROWSERS)("is a page for %s, with the same status and headers", async (_, headers) => {
    const response = await get(failing(error), headers);
    expect(response.status).toBe(401);
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(response.headers.get("www-authenticate")).toMatch(/^Bearer/);
    const html = await response.text();
    expect(html).toContain("Sign in to continue");
    expect(html).toContain('href="/sign-in"');
    expect(html).toContain(String(response.headers.get("x-request-id")));
    expect(html).not.toContain('{"error"');
  });

  it.each(CLIENTS)("is the standard body for %s", async (_, headers) => {
    const response = await get(failing(error), headers);
    expect([response.status, response.headers.get("content-type")]).toEqual([401, "application/json"]);
    expect(await response.json()).toEqual({
      error: {
        code: "unauthenticated",
        message: "Sign in to continue",
        requestId: response.headers.get("x-request-id"),
      },
    });
  });

  it("tells a person nothing of an unknown error either", async () => {
    const response = await get(failing(new Error("<b>hunter2</b>")), NAVIGATION);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("hunter2");
  });

  it("says how long a body is", async () => {
    for (const headers of [NAVIGATION, {}]) {
      const response = await get(failing(error), headers);
      const length = String(Buffer.byteLength(await response.clone().text()));
      expect(response.headers.get("content-length")).toBe(length);
      expect(response.headers.get("x-body-length")).toBe(length);
    }
  });
});

it("the policy allows the page's style by its hash", async () => {
  const html = await (await get(failing(new AppError("not_found")), NAVIGATION)).text();
  const style = /<style>(.*)<\/style>/.exec(html)?.[1] ?? "";
  expect(ERROR_PAGE_STYLE_SOURCE).toBe(`'sha256-${createHash("sha256").update(style).digest("base64")}'`);
});

describe("a method", () => {
  it("that a route does not have is refused with those that it has", async () => {
    const { DELETE } = rejectOtherMethods("GET");
    const response = DELETE(new Request("http://localhost/api/x", { method: "DELETE", headers: NAVIGATION }));
    expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, HEAD, OPTIONS"]);
    expect(await response.text()).toMatch(/^<!doctype html>/);
  });

  it("that nothing has is refused before anything runs", async () => {
    for (const method of ["PROPFIND", "X-TRACE", "get"]) {
      const request = new Request("http://localhost/api/x", { method });
      const response = rejectUnknownMethod(request);
      if (request.method === "GET") expect(response).toBeNull();
      else expect([method, response?.status, response?.headers.has("allow")]).toEqual([method, 405, true]);
    }
    for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
      expect(rejectUnknownMethod(new Request("http://localhost/", { method }))).toBeNull();
  });
});
