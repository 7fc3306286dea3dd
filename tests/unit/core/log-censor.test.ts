import { afterEach, describe, expect, it, vi } from "vitest";
import { serializeError } from "@/lib/core/serialize-error";

afterEach(() => vi.unstubAllEnvs());

const ENVIRONMENT = {
  APP_URL: "https://music.test",
  DATABASE_URL: "postgresql://app:pass%40word-of-db@db.test:5432/music",
  UPSTASH_REDIS_REST_URL: "https://redis.test",
  UPSTASH_REDIS_REST_TOKEN: "redis-token-0123456789",
  QSTASH_TOKEN: "queue-token-0123456789",
  QSTASH_CURRENT_SIGNING_KEY: "signing-0123456789",
  QSTASH_NEXT_SIGNING_KEY: "signing-9876543210",
  AUTH_SECRET: "auth-0123456789-0123456789-0123456789",
  CRON_SECRET: "cron-0123456789-0123456789",
};

async function censor(text: string): Promise<string> {
  for (const [name, value] of Object.entries(ENVIRONMENT)) vi.stubEnv(name, value);
  vi.resetModules();
  return (await import("@/lib/core/censor-text")).censorText(text);
}

describe("a log line", () => {
  it.each([
    ["refused <mira@music.test>: no such mailbox", "refused <[address]>: no such mailbox"],
    ["Мира@пример.рф wrote", "[address] wrote"],
    ['{"to":"mira.k+tag@mail.music.test"}', '{"to":"[address]"}'],
    ["authorization: Bearer abc.def-123", "authorization: Bearer [redacted]"],
    ["token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx.c2ln!", "token [token]!"],
    ["$argon2id$v=19$m=19456,t=2,p=1$abc$def ", "[hash] "],
    ["Invalid key sk_live_0123456789abc", "Invalid key [secret]"],
    ["at smtps://app:secret@mail.test:465", "at smtps://[redacted]@mail.test:465"],
    [
      "GET https://music.test/reset-password?token=abc failed",
      "GET https://music.test/reset-password?[redacted] failed",
    ],
    ["/api/deliveries/1/download?code=ABC&x=1", "/api/deliveries/1/download?code=[redacted]&x=1"],
    ["the secret is auth-0123456789-0123456789-0123456789.", "the secret is [secret]."],
    ["db says pass%40word-of-db, or pass@word-of-db", "db says [secret], or [secret]"],
  ])("%s", async (line, expected) => {
    expect(await censor(line)).toBe(expected);
  });

  it.each([
    '{"level":30,"time":"2026-11-21T04:00:00.000Z","path":"/api/posts/0199a5f2-0000-7000-8000-000000000000","status":200}',
    '{"messageId":"<0199a5f2-0000-7000-8000-000000000000@music.test>","msg":"mail sent"}',
    "connect ECONNREFUSED 127.0.0.1:5432 at https://redis.test/pipeline",
    'Bearer realm="normaldance"',
  ])("keeps non-secrets: %s", async (line) => {
    expect(await censor(line)).toBe(line);
  });

  it("is censored in linear time", async () => {
    const parts = ["a", "a@", "eyJ", "eyJa.", "http://a", "a://", "Bearer ", "token=", "$argon2", "sk_"];
    for (const part of parts) {
      const started = performance.now();
      await censor(part.repeat(100_000 / part.length));
      // Milliseconds; a backtracking pattern would take minutes.
      expect([part, performance.now() - started < 20_000]).toEqual([part, true]);
    }
  });
});

describe("a logged error", () => {
  it("has its type, message, stack and cause, and only harmless extra fields", () => {
    const cause = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED", errno: -111 });
    const error = Object.assign(new TypeError("fetch failed", { cause }), {
      request: { headers: { authorization: "Bearer x" } },
      detail: "Key (email)=(mira@music.test) already exists.",
      meta: { values: ["mira@music.test"] },
      headers: { cookie: "x" },
      status: 503,
    });
    expect(serializeError(error)).toEqual({
      type: "TypeError",
      message: "fetch failed",
      stack: expect.stringMatching(/^ +at /),
      status: 503,
      cause: {
        type: "Error",
        message: "connect ECONNREFUSED",
        stack: expect.any(String),
        code: "ECONNREFUSED",
        errno: -111,
      },
    });
  });

  it("does not repeat input that failed to parse", () => {
    for (const text of ['{"password": hunter2}', 'hunter2 {"a"', '{"a":"hunter2"'])
      try {
        JSON.parse(text);
        throw new Error("parsing should fail");
      } catch (error) {
        expect(JSON.stringify(serializeError(error))).not.toContain("hunter2");
      }
    const prisma = new Error(
      "\nInvalid `create()` invocation:\n\n{ data: { email: 'x' } }\n\nUnknown argument `a`.",
    );
    prisma.name = "PrismaClientValidationError";
    expect(serializeError(prisma)).toMatchObject({ message: "Unknown argument `a`." });
  });

  it("is bounded for circular and large errors", () => {
    const circular = new Error("circular");
    circular.cause = circular;
    const many = new AggregateError(
      Array.from({ length: 100 }, () => new Error("one of many")),
      "x".repeat(1e6),
    );
    expect(JSON.stringify(serializeError(circular)).length).toBeLessThan(30_000);
    expect(JSON.stringify(serializeError(many)).length).toBeLessThan(30_000);
    expect(serializeError("thrown text")).toBe("thrown text");
    expect(serializeError({ password: "hunter2" })).toBe("an object");
  });
});
