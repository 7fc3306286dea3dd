import { beforeEach, describe, expect, it, vi } from "vitest";
import { signAccessToken } from "@/lib/core/access-token";
import { newId } from "@/lib/core/ids";
import { DATA_CONTENT_POLICY, NONCE_HEADER } from "@/lib/core/security-headers";

/** What the gate writes on every answer. That browsers and pages get along with it: tests/e2e/api/security-headers.test.ts */

async function freshGate() {
  vi.resetModules();
  return (await import("@/middleware")).middleware;
}

async function ask(path: string, headers: Record<string, string> = {}): Promise<Headers> {
  return (await (await freshGate())(new Request(`http://localhost${path}`, { headers }))).headers;
}

/** Directive to sources. */
function policyOf(headers: Headers): Record<string, string> {
  const directives = (headers.get("content-security-policy") ?? "").split("; ");
  return Object.fromEntries(
    directives.map((each) => [each.split(" ")[0], each.split(" ").slice(1).join(" ")]),
  );
}

beforeEach(() => vi.unstubAllEnvs());

describe("the headers of an answer", () => {
  it("a page runs what carries its nonce, and is in no frame", async () => {
    vi.stubEnv("NODE_ENV", "production");
    const headers = await ask("/");
    const policy = policyOf(headers);
    const nonce = /'nonce-([^']+)'/.exec(policy["script-src"] ?? "")?.[1];
    expect(policy).toMatchObject({
      "script-src": `'self' 'nonce-${nonce}' 'strict-dynamic'`,
      "script-src-attr": "'none'",
      "style-src": `'self' 'nonce-${nonce}'`,
      "object-src": "'none'",
      "base-uri": "'none'",
      "form-action": "'self'",
      "frame-ancestors": "'none'",
      "connect-src": "'self'",
    });
    // Next's own names for what the app's request is told.
    expect(headers.get(`x-middleware-request-${NONCE_HEADER}`)).toBe(nonce);
    expect(headers.get("x-middleware-request-content-security-policy")).toBe(
      headers.get("content-security-policy"),
    );
    expect(Object.fromEntries(headers)).toMatchObject({
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "strict-origin-when-cross-origin",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "permissions-policy": expect.stringContaining("camera=(), "),
    });
  });

  it("an answer of the API may do nothing at all, wherever it is opened", async () => {
    for (const path of ["/api/posts", "/api/there-is-no-such-path", "/api/cron/sync-views"]) {
      expect((await ask(path)).get("content-security-policy")).toBe(DATA_CONTENT_POLICY);
    }
    expect(DATA_CONTENT_POLICY).toBe("sandbox; default-src 'none'; frame-ancestors 'none'");
  });

  it("browsers are held to https where the site is reached by it, and only there", async () => {
    vi.stubEnv("APP_URL", "http://music.test");
    expect((await ask("/")).get("strict-transport-security")).toBeNull();
    vi.stubEnv("APP_URL", "https://music.test");
    const headers = await ask("/");
    expect(headers.get("strict-transport-security")).toBe("max-age=63072000");
    expect(policyOf(headers)).toHaveProperty("upgrade-insecure-requests");
    expect((await ask("/api/posts")).get("strict-transport-security")).toBe("max-age=63072000");
  });

  it("development alone may evaluate text and write styles", async () => {
    for (const [mode, loose] of [
      ["development", true],
      ["production", false],
      ["test", false],
    ] as const) {
      vi.stubEnv("NODE_ENV", mode);
      const policy = policyOf(await ask("/"));
      expect([mode, policy["script-src"]?.includes("'unsafe-eval'")]).toEqual([mode, loose]);
      expect([mode, policy["style-src"]?.includes("'unsafe-inline'")]).toEqual([mode, loose]);
      expect(policy["script-src"]).not.toContain("'unsafe-inline'");
    }
  });

  it("are there on a refusal too, whose one style carries the nonce", async () => {
    const gate = await freshGate();
    const authorization = `Bearer ${await signAccessToken(
      { userId: newId(), sessionId: newId(), seq: 1, role: "listener", name: "x" },
      60,
    )}`;
    const open = () =>
      gate(new Request("http://localhost/", { headers: { authorization, accept: "text/html" } }));
    let answer = await open();
    for (let asked = 1; answer.status === 200 && asked < 1_000; asked += 1) answer = await open();
    expect(answer.status).toBe(429);
    const nonce = /'nonce-([^']+)'/.exec(policyOf(answer.headers)["style-src"] ?? "")?.[1];
    expect(await answer.text()).toContain(`<style nonce="${nonce}">`);
    expect(answer.headers.get("x-frame-options")).toBe("DENY");
    const data = await gate(new Request("http://localhost/api/me", { headers: { authorization } }));
    expect([data.status, data.headers.get("content-security-policy")]).toEqual([429, DATA_CONTENT_POLICY]);
  });

  it("are there when the environment is broken", async () => {
    vi.stubEnv("APP_URL", "");
    vi.spyOn(console, "error").mockImplementation(() => {});
    const headers = await ask("/");
    expect(policyOf(headers)["frame-ancestors"]).toBe("'none'");
    expect(policyOf(headers)["script-src"]).not.toContain("unsafe");
    vi.restoreAllMocks();
  });
});
