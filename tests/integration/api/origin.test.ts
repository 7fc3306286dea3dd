import { describe, expect, it, vi } from "vitest";
import { POST as signIn } from "@/app/api/auth/sign-in/route";
import { POST as receiveEvent } from "@/app/api/webhooks/payments/route";
import { env } from "@/lib/core/env";
import { findRoutes } from "@/scripts/openapi-document";
import { call } from "@/tests/support/clients/call";

/** Cross-site request forgery: what another site makes a browser send is refused at every door that writes. */

const own = new URL(env().APP_URL);

/** Signing in with a wrong password: past the door it is 401. */
const knock = (headers: Record<string, string>) =>
  call(signIn, { body: { email: "nobody@normaldance.test", password: "wrong password" }, headers });

describe("a write that cookies could authorise", () => {
  it.each([
    ["a page of ours", { "sec-fetch-site": "same-origin", origin: own.origin }],
    ["somebody's own reload", { "sec-fetch-site": "none" }],
    ["an older browser on a page of ours", { origin: own.origin }],
    [
      "an older browser on the host it asks",
      { origin: `${own.protocol}//preview.test:8443`, host: "preview.test:8443" },
    ],
    ["no browser", {}],
    ["a program with a token", { authorization: "Bearer x", "sec-fetch-site": "cross-site" }],
  ])("passes from %s", async (_, headers) => {
    expect((await knock(headers)).status).toBe(401);
  });

  it.each([
    ["another site", { "sec-fetch-site": "cross-site", origin: "https://evil.example" }],
    ["another site that claims our origin", { "sec-fetch-site": "cross-site", origin: own.origin }],
    [
      "a neighbour under the same name",
      { "sec-fetch-site": "same-site", origin: `${own.protocol}//a.${own.host}` },
    ],
    ["what nobody has heard of", { "sec-fetch-site": "SAME-ORIGIN" }],
    ["an older browser elsewhere", { origin: "https://evil.example" }],
    ["a sandboxed frame", { origin: "null" }],
    ["an origin that is none", { origin: "evil" }],
    ["a name that begins with ours", { origin: `${own.protocol}//${own.hostname}.evil.example` }],
    ["another port of ours", { origin: `${own.protocol}//${own.hostname}:1` }],
    [
      "our origin, over a scheme that is not the web's",
      { origin: `chrome-extension://${own.hostname}`, host: own.hostname },
    ],
  ])("is refused from %s", async (_, headers) => {
    const { status, body } = await knock({ ...headers, "accept-language": "en" });
    expect([status, body.error]).toEqual([
      403,
      expect.objectContaining({
        code: "forbidden",
        message: "Another site sent this request, so it was refused",
        requestId: expect.any(String),
      }),
    ]);
  });

  it("is refused from the http page of a host that is asked by https", async () => {
    vi.resetModules();
    vi.stubEnv("APP_URL", "https://music.test");
    const { requireSameOrigin: requireOwnOrigin } = await import("@/lib/core/http/require-same-origin");
    const ask = (origin: string) => () =>
      requireOwnOrigin(
        new Request("https://www.music.test/api", {
          method: "POST",
          headers: { origin, host: "www.music.test" },
        }),
      );
    expect(ask("https://music.test")).not.toThrow();
    expect(ask("https://www.music.test")).not.toThrow();
    expect(ask("http://www.music.test")).toThrow("foreign_origin");
    expect(ask("http://music.test")).toThrow("foreign_origin");
    vi.unstubAllEnvs();
  });

  it("is refused at every route there is, but for those that check a signature or a secret", async () => {
    const passed: string[] = [];
    for (const { method, path, handler } of await findRoutes()) {
      if (method === "GET") continue;
      const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => [name ?? "", "x"]);
      const { status, body } = await call(handler, {
        method,
        headers: { "sec-fetch-site": "cross-site", "accept-language": "en" },
        params: Object.fromEntries(names),
      });
      if (status !== 403 || !/^Another site/.test(body.error.message)) passed.push(`${method} ${path}`);
    }
    expect(passed.sort()).toEqual(["POST /api/qstash/{queue}", "POST /api/webhooks/payments"]);
  });

  it("a signed event is not asked where it comes from; its signature is", async () => {
    const headers = { "sec-fetch-site": "cross-site", origin: "https://evil.example" };
    const { body } = await call(receiveEvent, { method: "POST", body: "{}", headers });
    expect(body.error.code).not.toBe("forbidden");
  });
});
