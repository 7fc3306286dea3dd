import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { EnvError, envSchema, parseEnv } from "@/lib/core/env";

const good = {
  NODE_ENV: "production",
  APP_URL: "https://normaldance.example/",
  DATABASE_URL: "postgresql://u:p@db/n",
  UPSTASH_REDIS_REST_URL: "https://x.upstash.io",
  UPSTASH_REDIS_REST_TOKEN: "t",
  QSTASH_URL: "https://qstash.upstash.io/v2/",
  QSTASH_TOKEN: "t",
  QSTASH_CURRENT_SIGNING_KEY: "sig_a",
  QSTASH_NEXT_SIGNING_KEY: "sig_b",
  AUTH_SECRET: "a".repeat(32),
  CRON_SECRET: "c".repeat(16),
};

function problemsOf(source: Record<string, string | undefined>): readonly string[] {
  try {
    parseEnv(source);
    return [];
  } catch (error) {
    if (error instanceof EnvError) return error.problems;
    throw error;
  }
}

describe("parseEnv", () => {
  it("accepts a complete environment, without the slashes and the /v2 that consoles add", () => {
    expect(parseEnv(good)).toMatchObject({
      APP_URL: "https://normaldance.example",
      QSTASH_URL: "https://qstash.upstash.io",
      TRUST_PROXY: "none",
      REDIS_TIMEOUT_MS: 100,
    });
  });

  it("reports all problems together", () => {
    const problems = problemsOf({
      ...good,
      APP_URL: "ftp://x",
      DATABASE_URL: "",
      AUTH_SECRET: "short",
      QSTASH_TOKEN: undefined,
    });
    expect(problems.map((problem) => problem.split(":")[0])).toEqual(
      expect.arrayContaining(["APP_URL", "DATABASE_URL", "AUTH_SECRET", "QSTASH_TOKEN"]),
    );
    expect(problems).toHaveLength(4);
  });

  it.each([
    ["KV_REST_API_URL", "KV_REST_API_TOKEN"],
    ["UPSTASH_REDIS_URL", "UPSTASH_REDIS_TOKEN"],
  ])("reads the Redis URL also from %s", (url, token) => {
    const { UPSTASH_REDIS_REST_URL, UPSTASH_REDIS_REST_TOKEN, ...rest } = good;
    expect(parseEnv({ ...rest, [url]: "https://kv.example", [token]: "k" })).toMatchObject({
      UPSTASH_REDIS_REST_URL: "https://kv.example",
      UPSTASH_REDIS_REST_TOKEN: "k",
    });
    expect(problemsOf(rest)).toHaveLength(2);
  });

  it("rejects QSTASH_DEV in production, where it would accept forged messages", () => {
    expect(problemsOf({ ...good, QSTASH_DEV: "true" })).toHaveLength(1);
    expect(problemsOf({ ...good, NODE_ENV: "development", QSTASH_DEV: "true" })).toHaveLength(0);
  });

  it.each([
    ["https://hooks.example.com/a", 0],
    ["http://127.0.0.1:9093/a", 0],
    ["http://localhost:9093", 0],
    ["http://[::1]:9093/a", 0],
    ["http://hooks.example.com/a", 1],
    ["http://127.0.0.1.example.com/a", 1],
    ["http://10.0.0.1/a", 1],
    ["ftp://hooks.example.com", 1],
  ])("alerts go over TLS, or to this machine: %s", (ALERT_WEBHOOK_URL, problems) => {
    expect(problemsOf({ ...good, ALERT_WEBHOOK_URL })).toHaveLength(problems);
  });

  it.each(["none", "vercel", "1", "3"])("accepts TRUST_PROXY=%s", (TRUST_PROXY) => {
    expect(problemsOf({ ...good, TRUST_PROXY })).toEqual([]);
  });

  it.each(["0", "yes", "10", "1.5"])("rejects TRUST_PROXY=%s", (TRUST_PROXY) => {
    expect(problemsOf({ ...good, TRUST_PROXY })).toHaveLength(1);
  });
});

it(".env.example names exactly what the schema and the local stack read", () => {
  const named = [...readFileSync(".env.example", "utf8").matchAll(/^(?:# )?([A-Z][A-Z0-9_]*)=/gm)].map(
    (match) => match[1],
  );
  const stack = [
    ...readFileSync("local/stack/settings.ts", "utf8").matchAll(/^ {2}([A-Z][A-Z0-9_]*): z\b/gm),
  ].map((match) => match[1]);
  const aliases = ["KV_REST_API_URL", "KV_REST_API_TOKEN", "UPSTASH_REDIS_URL", "UPSTASH_REDIS_TOKEN"];
  const known = new Set([
    ...Object.keys(envSchema.shape),
    ...stack.filter((name) => name && !aliases.includes(name)),
  ]);
  expect(new Set(named)).toEqual(known);
  const text = readFileSync(".env.example", "utf8");
  for (const alias of aliases) expect(text).toContain(alias.replace(/_TOKEN$/, ""));
});
