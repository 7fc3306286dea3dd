import { describe, expect, it, vi } from "vitest";
import { POST as signIn } from "@/app/api/auth/sign-in/route";
import { POST as receiveEvent } from "@/app/api/webhooks/payments/route";
import { env } from "@/lib/core/env";
import { findRoutes } from "@/scripts/openapi-document";
import { call } from "@/tests/support/clients/call";

/** Cross-site request forgery: every route that writes rejects a browser request from another site. */

const appUrl = new URL(env().APP_URL);

/** Signs in with a wrong password: past the origin check it is 401. */
const attempt = (headers: Record<string, string>) =>
  call(signIn, { body: { email: "nobody@normaldance.test", password: "wrong password" }, headers });

describe("a write that cookies could authorise", () => {
  it.each([
    ["an own page", { "sec-fetch-site": "same-origin", origin: appUrl.origin }],
    ["the user's reload", { "sec-fetch-site": "none" }],
    ["an older browser on an own page", { origin: appUrl.origin }],
    [
      "an older browser on the requested host",
      { origin: `${appUrl.protocol}//preview.test:8443`, host: "preview.test:8443" },
    ],
    ["a client that is not a browser", {}],
    ["a program with a token", { authorization: "Bearer x", "sec-fetch-site": "cross-site" }],
  ])("is accepted from %s", async (_, headers) => {
    expect((await attempt(headers)).status).toBe(401);
  });

  it.each([
    ["another site", { "sec-fetch-site": "cross-site", origin: "https://evil.example" }],
    ["another site that claims the app's origin", { "sec-fetch-site": "cross-site", origin: appUrl.origin }],
    [
      "a sibling subdomain",
      { "sec-fetch-site": "same-site", origin: `${appUrl.protocol}//a.${appUrl.host}` },
    ],
    ["an unknown value", { "sec-fetch-site": "SAME-ORIGIN" }],
    ["an older browser on another site", { origin: "https://evil.example" }],
    ["a sandboxed frame", { origin: "null" }],
    ["an invalid origin", { origin: "evil" }],
    [
      "a host name that starts with the app's",
      { origin: `${appUrl.protocol}//${appUrl.hostname}.evil.example` },
    ],
    ["another port of the app's host", { origin: `${appUrl.protocol}//${appUrl.hostname}:1` }],
    [
      "the app's host with a scheme other than http",
      { origin: `chrome-extension://${appUrl.hostname}`, host: appUrl.hostname },
    ],
  ])("is rejected from %s", async (_, headers) => {
    const { status, body } = await attempt({ ...headers, "accept-language": "en" });
    expect([status, body.error]).toEqual([
      403,
      expect.objectContaining({
        code: "forbidden",
        message: "Another site sent this request, so it was refused",
        requestId: expect.any(String),
      }),
    ]);
  });

  it("is rejected from the http page of an https host", async () => {
    vi.resetModules();
    vi.stubEnv("APP_URL", "https://music.test");
    const { requireSameOrigin } = await import("@/lib/core/http/require-same-origin");
    const check = (origin: string) => () =>
      requireSameOrigin(
        new Request("https://www.music.test/api", {
          method: "POST",
          headers: { origin, host: "www.music.test" },
        }),
      );
    expect(check("https://music.test")).not.toThrow();
    expect(check("https://www.music.test")).not.toThrow();
    expect(check("http://www.music.test")).toThrow("foreign_origin");
    expect(check("http://music.test")).toThrow("foreign_origin");
    vi.unstubAllEnvs();
  });

  it("is rejected at every route, except those that check a signature or a secret", async () => {
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
    expect(passed.sort()).toEqual([
      "POST /api/media/upload/completed",
      "POST /api/qstash/audio-transcoding",
      "POST /api/qstash/{queue}",
      "POST /api/webhooks/payments",
      "POST /api/webhooks/telegram/{botId}",
    ]);
  });

  it("a signed event is checked by its signature, not by its origin", async () => {
    const headers = { "sec-fetch-site": "cross-site", origin: "https://evil.example" };
    const { body } = await call(receiveEvent, { method: "POST", body: "{}", headers });
    expect(body.error.code).not.toBe("forbidden");
  });
});
