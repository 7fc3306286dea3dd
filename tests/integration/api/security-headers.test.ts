import { beforeEach, describe, expect, it, vi } from "vitest";
import { signAccessToken } from "@/lib/core/access-token";
import { newId } from "@/lib/core/ids";
import { blobUploadUrl, publicStoreUrl } from "@/lib/core/public-store";
import { DATA_CONTENT_POLICY, NONCE_HEADER } from "@/lib/core/security-headers";

/** The headers that the gate sets on every response. Browsers are tested in tests/e2e/api/security-headers.test.ts. */

async function freshGate() {
  vi.resetModules();
  return (await import("@/middleware")).middleware;
}

async function fetchHeaders(path: string, headers: Record<string, string> = {}): Promise<Headers> {
  return (await (await freshGate())(new Request(`http://localhost${path}`, { headers }))).headers;
}

/** The sources of each directive. */
function policyOf(headers: Headers): Record<string, string> {
  const directives = (headers.get("content-security-policy") ?? "").split("; ");
  return Object.fromEntries(
    directives.map((each) => [each.split(" ")[0], each.split(" ").slice(1).join(" ")]),
  );
}

beforeEach(() => vi.unstubAllEnvs());

describe("the headers of a response", () => {
  it("allow a page to run only scripts with its nonce, and forbid framing", async () => {
    vi.stubEnv("NODE_ENV", "production");
    const headers = await fetchHeaders("/");
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
      "connect-src": `'self' ${publicStoreUrl()} ${blobUploadUrl()}`,
    });
    // Next's names for the headers that it forwards to the app.
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
      "permissions-policy": expect.stringContaining("camera=(self), accelerometer=(), "),
    });
  });

  it("forbid an API response everything, wherever it is opened", async () => {
    for (const path of ["/api/posts", "/api/there-is-no-such-path", "/api/cron/sync-views"]) {
      expect((await fetchHeaders(path)).get("content-security-policy")).toBe(DATA_CONTENT_POLICY);
    }
    expect(DATA_CONTENT_POLICY).toBe("sandbox; default-src 'none'; frame-ancestors 'none'");
  });

  it("require https only where the site is served by it", async () => {
    vi.stubEnv("APP_URL", "http://music.test");
    expect((await fetchHeaders("/")).get("strict-transport-security")).toBeNull();
    vi.stubEnv("APP_URL", "https://music.test");
    const headers = await fetchHeaders("/");
    expect(headers.get("strict-transport-security")).toBe("max-age=63072000");
    expect(policyOf(headers)).toHaveProperty("upgrade-insecure-requests");
    expect((await fetchHeaders("/api/posts")).get("strict-transport-security")).toBe("max-age=63072000");
  });

  it("allow eval and inline styles only in development", async () => {
    for (const [mode, loose] of [
      ["development", true],
      ["production", false],
      ["test", false],
    ] as const) {
      vi.stubEnv("NODE_ENV", mode);
      const policy = policyOf(await fetchHeaders("/"));
      expect([mode, policy["script-src"]?.includes("'unsafe-eval'")]).toEqual([mode, loose]);
      expect([mode, policy["style-src"]?.includes("'unsafe-inline'")]).toEqual([mode, loose]);
      expect(policy["script-src"]).not.toContain("'unsafe-inline'");
    }
  });

  it("are set on a rejection too, whose style has the nonce", async () => {
    const gate = await freshGate();
    const authorization = `Bearer ${await signAccessToken(
      { userId: newId(), sessionId: newId(), seq: 1, role: "listener", name: "x" },
      60,
    )}`;
    const open = () =>
      gate(new Request("http://localhost/", { headers: { authorization, accept: "text/html" } }));
    let response = await open();
    for (let attempt = 1; response.status === 200 && attempt < 1_000; attempt += 1) response = await open();
    expect(response.status).toBe(429);
    const nonce = /'nonce-([^']+)'/.exec(policyOf(response.headers)["style-src"] ?? "")?.[1];
    expect(await response.text()).toContain(`<style nonce="${nonce}">`);
    expect(response.headers.get("x-frame-options")).toBe("DENY");
    const data = await gate(new Request("http://localhost/api/me", { headers: { authorization } }));
    expect([data.status, data.headers.get("content-security-policy")]).toEqual([429, DATA_CONTENT_POLICY]);
  });

  it("are set when the environment is invalid", async () => {
    vi.stubEnv("APP_URL", "");
    vi.spyOn(console, "error").mockImplementation(() => {});
    const headers = await fetchHeaders("/");
    expect(policyOf(headers)["frame-ancestors"]).toBe("'none'");
    expect(policyOf(headers)["script-src"]).not.toContain("unsafe");
    vi.restoreAllMocks();
  });
});
