import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";

afterEach(() => vi.restoreAllMocks());
afterAll(() => vi.unstubAllEnvs());
beforeAll(() => {
  // The logger reads the whole environment.
  const names = {
    APP_URL: "https://music.test",
    DATABASE_URL: "postgresql://a:b@db.test/music",
    UPSTASH_REDIS_REST_URL: "https://redis.test",
    UPSTASH_REDIS_REST_TOKEN: "t",
    QSTASH_TOKEN: "t",
    QSTASH_CURRENT_SIGNING_KEY: "k",
    QSTASH_NEXT_SIGNING_KEY: "k",
    AUTH_SECRET: "a".repeat(32),
    CRON_SECRET: "c".repeat(16),
    LOG_LEVEL: "silent",
  };
  for (const [name, value] of Object.entries(names)) vi.stubEnv(name, value);
});

it("a page that failed is one line with the number of its error page, and without the query", async () => {
  const { log } = await import("@/lib/core/log");
  const { logRequestError } = await import("@/lib/core/log-request-error");
  const error = vi.spyOn(log(), "error").mockImplementation(() => {});
  const failure = Object.assign(new Error("broken"), { digest: "3141592653" });
  logRequestError(
    failure,
    { method: "GET", path: "/confirm?token=secret" },
    { routePath: "/confirm", routeType: "render" },
  );
  logRequestError("not an error", { method: "POST", path: "/" }, { routePath: "/", routeType: "action" });
  expect(error.mock.calls).toEqual([
    [
      {
        ...{ digest: "3141592653", method: "GET", path: "/confirm", route: "/confirm", kind: "render" },
        err: failure,
      },
      "page failed",
    ],
    [{ method: "POST", path: "/", route: "/", kind: "action", err: "not an error" }, "page failed"],
  ]);
});
