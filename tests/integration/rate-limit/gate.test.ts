import { beforeEach, describe, expect, it, vi } from "vitest";
import { signAccessToken } from "@/lib/core/access-token";
import { newId } from "@/lib/core/ids";
import { findPolicy } from "@/lib/rate-limit/policies";
import { redis } from "@/lib/redis";
import { freshGate, gateRequest, listenerToken } from "@/tests/support/clients/gate";
import { currentGateway } from "@/tests/support/stack/current-gateway";
import { freePort } from "@/tests/support/stack/real-postgres";

describe("the gate", () => {
  beforeEach(() => vi.unstubAllEnvs());

  it("accepts as many requests of a user as the policy allows, then rejects with Retry-After", async () => {
    const gate = await freshGate();
    const headers = { authorization: `Bearer ${await listenerToken()}` };
    for (let remaining = 9; remaining >= 0; remaining -= 1) {
      const response = await gate(gateRequest("/api/me/password", headers));
      expect(response.status).toBe(200);
      expect(response.headers.get("ratelimit-policy")).toBe('"strict";q=10;w=60, "person";q=100;w=60');
      expect(response.headers.get("ratelimit")).toMatch(
        new RegExp(`^"strict";r=${remaining};t=\\d+, "person";r=${remaining + 90};t=\\d+$`),
      );
      expect(response.headers.get("ratelimit-degraded")).toBeNull();
    }
    const rejected = await gate(gateRequest("/api/me/password", { ...headers, "accept-language": "en" }));
    expect(rejected.status).toBe(429);
    expect(Number(rejected.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await rejected.json()).toMatchObject({
      error: {
        code: "rate_limited",
        message: "Too many requests, wait a little",
        requestId: expect.any(String),
      },
    });
  });

  it("rejects a page request with a page in the user's language", async () => {
    const gate = await freshGate();
    const headers = {
      authorization: `Bearer ${await listenerToken()}`,
      accept: "text/html,*/*",
      "accept-language": "en",
    };
    for (let i = 0; i < 100; i += 1) expect((await gate(gateRequest("/", headers))).status).toBe(200);
    const rejected = await gate(gateRequest("/", headers));
    expect(rejected.status).toBe(429);
    expect(rejected.headers.get("content-type")).toMatch(/^text\/html/);
    expect(await rejected.text()).toContain("Too many requests, wait a little");
  });

  it("takes a token of both limits or of none, in one call; a rejected request costs none", async () => {
    const gate = await freshGate();
    const headers = { authorization: `Bearer ${await listenerToken()}` };
    // Loads the script into Redis.
    await gate(gateRequest("/", { authorization: `Bearer ${await listenerToken()}` }));
    currentGateway().stats.reset();
    for (let i = 0; i < 10; i += 1) await gate(gateRequest("/api/me/password", headers));
    expect(currentGateway().stats.snapshot().httpRequests).toBe(10);
    for (let i = 0; i < 5; i += 1) {
      expect((await gate(gateRequest("/api/me/password", headers))).status).toBe(429);
    }
    expect(currentGateway().stats.snapshot().httpRequests).toBe(10);
    // Another instance must query Redis once; rejected requests took nothing from the user's 100.
    const other = await freshGate();
    for (let i = 0; i < 5; i += 1) {
      expect((await other(gateRequest("/api/me/password", headers))).status).toBe(429);
    }
    expect(currentGateway().stats.snapshot().httpRequests).toBe(11);
    expect((await other(gateRequest("/", headers))).headers.get("ratelimit")).toContain('"person";r=89;');
  });

  it("ignores a token that is too long to be valid", async () => {
    const long = await signAccessToken(
      { userId: newId(), sessionId: newId(), seq: 1, role: "listener", name: "x".repeat(4_096) },
      60,
    );
    const response = await (await freshGate())(gateRequest("/", { authorization: `Bearer ${long}` }));
    expect(response.headers.get("ratelimit-policy")).toBe('"default";q=100;w=60');
  });

  it("names keys by policy, caller and pattern, and all expire", async () => {
    const gate = await freshGate();
    const userId = newId();
    const postId = newId();
    await gate(
      gateRequest(`/api/posts/${postId}`, { authorization: `Bearer ${await listenerToken(userId)}` }),
    );
    for (const key of [
      `webchat:throttle:default:user-${userId}:/api/posts/:id`,
      `webchat:throttle:person:user-${userId}:*`,
    ]) {
      const ttl = await redis().pttl(key);
      expect(ttl).toBeGreaterThan(0);
      expect(ttl).toBeLessThanOrEqual(60_000);
    }
  });

  it("never fails on malformed requests", async () => {
    vi.stubEnv("TRUST_PROXY", "1");
    const gate = await freshGate();
    const odd: [string, Record<string, string>][] = [
      ["/100%25", {}],
      [`/${"a".repeat(10_000)}`, {}],
      ["/", { authorization: `Bearer ${"x".repeat(100_000)}` }],
      ["/", { authorization: "Bearer a.b.c" }],
      ["/", { authorization: "Bearer eyJhbGciOiJub25lIn0.e30." }],
      ["/", { cookie: "nd_access=%E0%A4%A; =; ;;" }],
      ["/", { "x-forwarded-for": "a:b:c, '; DROP TABLE, [::1" }],
      ["/", { "x-forwarded-for": ",,,," }],
      ["/", { "accept-language": "*;q=x, \u00ff", accept: "\u00ff" }],
    ];
    for (const [path, headers] of odd) {
      const response = await gate(gateRequest(path, headers));
      expect([path, response.status]).toEqual([path, 200]);
      expect(response.headers.get("ratelimit-policy")).toBe('"default";q=100;w=60');
    }
    for (const [method, status] of [
      ["PROPFIND", 405],
      ["OPTIONS", 200],
      ["HEAD", 200],
    ] as const) {
      expect((await gate(new Request("http://localhost/", { method }))).status).toBe(status);
    }
  });

  it.each(["/%", "/tags/%E0%A4%A", "/u/%FF", "/posts/%ED%A0%80", "/tags/%ZZ/x"])(
    "answers 400 to the malformed escapes of %s: a page to a browser, the standard body to programs",
    async (path) => {
      const gate = await freshGate();
      const language = { "accept-language": "en" };
      const page = await gate(gateRequest(path, { ...language, "sec-fetch-mode": "navigate" }));
      expect([page.status, page.headers.get("content-type")]).toEqual([400, "text/html; charset=utf-8"]);
      expect(await page.text()).toContain("The request is not valid");
      const nonce = /'nonce-([^']+)'/.exec(page.headers.get("content-security-policy") ?? "")?.[1];
      expect(nonce).toMatch(/^.{24}$/);
      const answer = await gate(gateRequest(`/api${path}`, language));
      expect([answer.status, answer.headers.get("ratelimit-policy")]).toEqual([400, '"default";q=100;w=60']);
      expect(await answer.json()).toEqual({
        error: {
          ...{ code: "bad_request", message: "The request is not valid" },
          requestId: answer.headers.get("x-request-id"),
        },
      });
    },
  );

  it("accepts requests when the limiter itself fails, and reports it", async () => {
    vi.stubEnv("TRUST_PROXY", "everybody");
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const gate = await freshGate();
    const response = await gate(gateRequest("/api/auth/sign-in"));
    expect(response.status).toBe(200);
    expect(response.headers.get("ratelimit-degraded")).toBe("open");
    expect(response.headers.get("ratelimit-policy")).toBeNull();
    expect(log).toHaveBeenCalled();
    log.mockRestore();
  });

  it("limits across instances, and counts users and routes separately", async () => {
    const headers = { authorization: `Bearer ${await listenerToken()}` };
    for (let i = 0; i < 10; i += 1) {
      const gate = await freshGate();
      expect((await gate(gateRequest("/api/me/password", headers))).status).toBe(200);
    }
    const gate = await freshGate();
    expect((await gate(gateRequest("/api/me/password", headers))).status).toBe(429);
    expect((await gate(gateRequest("/api/me/email", headers))).status).toBe(200);
    const other = { authorization: `Bearer ${await listenerToken()}` };
    expect((await gate(gateRequest("/api/me/password", other))).status).toBe(200);
  });

  it("counts addresses at sign-in routes, which neither new accounts nor tokens bypass", async () => {
    vi.stubEnv("TRUST_PROXY", "1");
    const gate = await freshGate();
    for (const path of ["/api/auth/sign-in", "/api/auth/sign-up", "/api/auth/forgot-password"]) {
      const statuses = [];
      for (let i = 0; i < 12; i += 1) {
        const headers = {
          authorization: `Bearer ${await listenerToken()}`,
          "x-forwarded-for": "203.0.113.77",
        };
        statuses.push((await gate(gateRequest(path, headers))).status);
      }
      expect([path, ...statuses]).toEqual([path, ...Array(10).fill(200), 429, 429]);
    }
  });

  it("counts prefetched pages separately, and everything else that is called a prefetch as what it is", async () => {
    const gate = await freshGate();
    const headers = { authorization: `Bearer ${await listenerToken()}` };
    const policyOf = async (path: string, more: Record<string, string> = {}) => {
      const { status, headers: answered } = await gate(gateRequest(path, { ...headers, ...more }));
      return [status, answered.get("ratelimit-policy")];
    };
    const prefetches: Record<string, string>[] = [
      { "next-router-prefetch": "1" },
      { "next-router-segment-prefetch": "/_tree" },
      { "sec-purpose": "prefetch;prerender" },
      { purpose: "prefetch" },
    ];
    const ownBucket = '"prefetch";q=100;w=60';
    for (const prefetch of prefetches) expect(await policyOf("/", prefetch)).toEqual([200, ownBucket]);
    for (let n = prefetches.length; n < 100; n += 1)
      expect(await policyOf("/", prefetches[0])).toEqual([200, ownBucket]);
    expect(await policyOf("/posts/1", prefetches[0])).toEqual([429, ownBucket]);

    const both = (policy: string) => `"${policy}, "person";q=100;w=60`;
    expect(await policyOf("/posts/1")).toEqual([200, both('default";q=100;w=60')]);
    expect(await policyOf("/api/posts", prefetches[0])).toEqual([200, both('default";q=100;w=60')]);
    for (let n = 0; n < 10; n += 1) await policyOf("/api/me/password", prefetches[n % 4]);
    expect(await policyOf("/api/me/password", prefetches[0])).toEqual([429, both('strict";q=10;w=60')]);
  });

  it("skips signed callbacks and cron", async () => {
    const gate = await freshGate();
    for (const path of ["/api/qstash/views-sync", "/api/cron/sync-views"]) {
      const response = await gate(gateRequest(path));
      expect(response.headers.get("ratelimit-policy")).toBeNull();
      expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    }
  });

  it("without Redis limits per process with the same numbers, and reports it", async () => {
    vi.stubEnv("UPSTASH_REDIS_REST_URL", `http://127.0.0.1:${await freePort()}`);
    const gate = await freshGate();
    const headers = { authorization: `Bearer ${await listenerToken()}` };
    const statuses = [];
    for (let i = 0; i < 11; i += 1) {
      const response = await gate(gateRequest("/api/me/password", headers));
      expect(response.headers.get("ratelimit-degraded")).toBe("process");
      statuses.push(response.status);
    }
    expect(statuses).toEqual([...Array(10).fill(200), 429]);
  });

  it.each([
    [
      "1",
      { "x-forwarded-for": "2001:db8:0:ab01::1" },
      { "x-forwarded-for": "[2001:DB8:0:abff::2]:443" },
      true,
    ],
    ["1", { "x-forwarded-for": "2001:db8:0:ab01::1" }, { "x-forwarded-for": "2001:db8:0:ac01::1" }, false],
    ["1", { "x-forwarded-for": "::ffff:9.9.9.9" }, { "x-forwarded-for": "9.9.9.9:1234" }, true],
    ["1", { "x-forwarded-for": "garbage" }, {}, true],
    ["none", { "x-forwarded-for": "1.1.1.1" }, { "x-forwarded-for": "2.2.2.2" }, true],
    ["1", { "x-forwarded-for": "6.6.6.6, 1.1.1.1" }, { "x-forwarded-for": "7.7.7.7, 1.1.1.1" }, true],
    ["1", { "x-forwarded-for": "1.1.1.1, 6.6.6.6" }, { "x-forwarded-for": "1.1.1.1, 7.7.7.7" }, false],
    [
      "2",
      { "x-forwarded-for": "6.6.6.6, 1.1.1.1, 9.9.9.9" },
      { "x-forwarded-for": "1.1.1.1, 8.8.8.8" },
      true,
    ],
    [
      "2",
      { "x-forwarded-for": "6.6.6.6, 1.1.1.1, 9.9.9.9" },
      { "x-forwarded-for": "6.6.6.6, 9.9.9.9" },
      false,
    ],
    ["vercel", { "x-real-ip": "8.8.8.8", "x-forwarded-for": "1.1.1.1" }, { "x-real-ip": "8.8.8.8" }, true],
  ])("TRUST_PROXY=%s: %j and %j are one caller: %s", async (trust, first, second, same) => {
    vi.stubEnv("TRUST_PROXY", trust);
    vi.stubEnv("UPSTASH_REDIS_REST_URL", `http://127.0.0.1:${await freePort()}`);
    const gate = await freshGate();
    const remaining = async (headers: Record<string, string>) =>
      (await gate(gateRequest("/api/auth/sign-in", headers))).headers.get("ratelimit")?.match(/r=(\d+)/)?.[1];
    expect(await remaining(first)).toBe("9");
    expect(await remaining(second)).toBe(same ? "8" : "9");
  });
});

it("runs before every path except the build's own files", async () => {
  const { config } = await import("@/middleware");
  const runsBefore = (path: string) =>
    config.matcher.some((matcher) => new RegExp(`^${matcher}$`).test(path));
  for (const path of [
    "/_next/static/chunks/a.js",
    "/favicon.ico",
    "/icon1.png",
    "/robots.txt",
    "/sw.js",
    "/covers/1/a-b_c",
  ]) {
    expect([path, runsBefore(path)]).toEqual([path, false]);
  }
  for (const path of [
    "/",
    "/sitemap.xml",
    "/posts/a.png",
    "/api/posts/a.png",
    "/api/auth/sign-in.txt",
    "/a/favicon.ico",
    "/api/robots.txt",
    "/robots.txt/a",
    "/_next/image",
    "/_next/staticky",
    "/icon1xpng",
    "/a/sw.js",
    "/covers/1",
    "/covers/1/",
    "/covers/1/a/b",
    "/covers/1/a.svg",
    "/covers/x/a",
    "/x/covers/1/a",
  ]) {
    expect([path, runsBefore(path)]).toEqual([path, true]);
  }
});

it.each([
  "/api/auth/sign-in",
  "/api/auth/sign-in/",
  "//api//auth/sign-in",
  "/api/auth/%73%69gn-in",
  "/api%2fauth%2Fsign-in",
  "/api/auth/x/../sign-in",
  "/api/auth/%2e%2e/auth/sign-in",
  "\\api\\auth\\sign-in",
  "/api/auth/sign-in?a=/api/qstash/x",
  "/api/auth/sign-in#/api/qstash/x",
])("sign-in is strict however its path is spelled: %s", (path) => {
  const { pathname } = new URL(`http://localhost${path}`);
  expect(findPolicy(pathname)).toMatchObject({ pattern: "/api/auth/sign-in", policy: { name: "strict" } });
});

it("a path that only contains a skipped path is not skipped", () => {
  for (const path of ["/x/_next/static/a", "/api/qstash", "/api/qstash/", "/api/cron/a/b", "/API/CRON/a"]) {
    expect(findPolicy(path).policy).not.toBeNull();
  }
});

it("policies use the route's pattern, never the raw path", () => {
  expect(findPolicy(`/api/posts/${newId()}`)).toMatchObject({ pattern: "/api/posts/:id" });
  expect(findPolicy("/api/whatever/you/like")).toMatchObject({ pattern: "/api/*" });
  expect(findPolicy("/api/auth/%73ign%2Din/")).toMatchObject({
    pattern: "/api/auth/sign-in",
    policy: { name: "strict" },
  });
  expect(findPolicy("/api/auth/refresh")).toMatchObject({ policy: { name: "renewal" } });
  expect(findPolicy("/posts/1")).toMatchObject({ pattern: "/*", policy: { name: "default" } });
  expect(findPolicy("/api/qstash/x")).toMatchObject({ policy: null });
  expect(findPolicy("/api/webhooks/payments", "POST")).toMatchObject({ policy: null });
  expect(findPolicy("/api/orders", "POST")).toMatchObject({
    pattern: "POST /api/orders",
    policy: { name: "strict" },
  });
  expect(findPolicy("/api/orders")).toMatchObject({ policy: { name: "default" } });
  expect(findPolicy("/api/qstash/x/y")).toMatchObject({ policy: { name: "default" } });
});
