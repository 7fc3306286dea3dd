import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseEnv } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { envSchema } from "@/lib/core/env";
import { type EnvProblems, envProblems } from "@/scripts/env-problems";
import { environmentSchema, loadSecrets, secretsConfigSchema } from "@/scripts/secrets-config";
import { runCommand } from "@/tests/support/processes/command-line";

const randomSecret = () => randomBytes(32).toString("base64url");
const example = parseEnv(readFileSync(".env.example", "utf8"));

const validEnv: Record<string, string> = {
  APP_URL: "https://music.test",
  DATABASE_URL: `postgresql://app:${randomSecret()}@db.music.test:5432/music?sslmode=require`,
  DIRECT_URL: `postgresql://app:${randomSecret()}@direct.music.test:5432/music?sslmode=require`,
  UPSTASH_REDIS_REST_URL: "https://eu1-real-cat-1.upstash.io",
  UPSTASH_REDIS_REST_TOKEN: randomSecret(),
  QSTASH_URL: "https://qstash.upstash.io",
  QSTASH_TOKEN: randomSecret(),
  QSTASH_CURRENT_SIGNING_KEY: `sig_${randomSecret()}`,
  QSTASH_NEXT_SIGNING_KEY: `sig_${randomSecret()}`,
  AUTH_SECRET: randomSecret(),
  CRON_SECRET: randomSecret(),
  METRICS_TOKEN: randomSecret(),
  ALERT_WEBHOOK_URL: `https://hooks.music.test/${randomSecret()}`,
  STRIPE_SECRET_KEY: `sk_live_${randomSecret()}`,
  STRIPE_WEBHOOK_SECRET: `whsec_${randomSecret()}`,
  SMTP_URL: `smtps://app:${randomSecret()}@mail.music.test:465`,
  BLOB_READ_WRITE_TOKEN: `vercel_blob_rw_store_${randomSecret()}`,
  PUBLIC_BLOB_READ_WRITE_TOKEN: `vercel_blob_rw_public_${randomSecret()}`,
  TELEGRAM_BOT_TOKEN: `8012345678:${randomSecret()}`,
  CHAIN_RPC_URL: `https://rpc.music.test/${randomSecret()}`,
  MINTER_PRIVATE_KEY: `0x${randomBytes(32).toString("hex")}`,
  TRUST_PROXY: "vercel",
};

function check(change: Record<string, string | undefined>, environment = "production"): EnvProblems {
  return envProblems({ ...validEnv, ...change }, environmentSchema.parse(environment), {
    secrets: loadSecrets(),
    example,
  });
}

describe("secrets-config.json, .env.example and the environment's schema", () => {
  const SECRET_NAME =
    /(_TOKEN|_SECRET|_KEY|_PASSWORD|^DATABASE_URL|^DIRECT_URL|^REDIS_URL|^SMTP_URL|^CHAIN_RPC_URL|^ALERT_WEBHOOK_URL)$/;
  const shape = Object.entries(envSchema.shape);
  const config = loadSecrets();

  it("name the same secrets", () => {
    const secretNames = [
      ...shape.map(([name]) => name),
      ...[...readFileSync("local/stack/settings.ts", "utf8").matchAll(/^ {2}([A-Z][A-Z0-9_]*): z\b/gm)].map(
        ([, name]) => name ?? "",
      ),
    ].filter((name) => SECRET_NAME.test(name) && !/^(KV_|UPSTASH_REDIS_TOKEN)/.test(name));
    expect(new Set(config.keys())).toEqual(new Set(secretNames));
    const text = readFileSync(".env.example", "utf8");
    for (const name of config.keys()) expect(text).toMatch(new RegExp(`^(# )?${name}=`, "m"));
  });

  it("agree on what is required, and on minimum lengths", () => {
    for (const [name, schema] of shape) {
      const secret = config.get(name);
      if (!secret) continue;
      const isRequired = !schema.safeParse(undefined).success;
      expect([name, secret.requiredIn]).toEqual([name, isRequired ? ["staging", "production"] : []]);
      const shortest = (secret.prefix ?? "").padEnd(secret.minLength ?? 0, "a");
      if (name.endsWith("_URL")) continue;
      expect([name, schema.safeParse(shortest).success]).toEqual([name, true]);
    }
  });

  it(".env.example has no value of a required secret that could be a real one", () => {
    const found = envProblems(example, "production", { secrets: loadSecrets(), example });
    for (const [name, { requiredIn }] of config) {
      if (requiredIn.length > 0) expect(found.errors.join("\n")).toContain(name);
    }
  });

  it("the file's schema rejects missing, invalid and unknown fields", () => {
    const [, secret] = [...config][0] ?? [];
    const invalidEntries = [
      { ...secret, purpose: "" },
      { ...secret, requiredIn: ["prod"] },
      { ...secret, rotation: undefined },
      { ...secret, value: "hunter2" },
    ];
    for (const entry of invalidEntries) {
      expect(secretsConfigSchema.safeParse({ secrets: { A: entry } }).success).toBe(false);
    }
    expect(secretsConfigSchema.safeParse({ secrets: { A: secret } }).success).toBe(true);
  });
});

describe("an environment", () => {
  it("that is valid has no problems", () => {
    for (const environment of ["development", "staging", "production"])
      expect(check({}, environment)).toEqual({ errors: [], warnings: [] });
    expect(envProblems({}, "development", { secrets: loadSecrets(), example }).errors).toEqual([]);
  });

  it.each<[string, Record<string, string | undefined>, string, RegExp]>([
    ["missing", { AUTH_SECRET: undefined }, "AUTH_SECRET", /not set/],
    ["empty", { QSTASH_TOKEN: " " }, "QSTASH_TOKEN", /not set/],
    ["malformed", { DATABASE_URL: "mysql://x:yyyyyyyyyyyyyyyyyyyy@z/a" }, "DATABASE_URL", /postgres/],
    ["the example's address", { APP_URL: example.APP_URL }, "APP_URL", /example/],
    [
      "a database's usual password",
      { DATABASE_URL: "postgresql://app:postgres@db.music.test/music" },
      "DATABASE_URL",
      /password/,
    ],
    ["the example's Redis", { UPSTASH_REDIS_REST_URL: example.UPSTASH_REDIS_REST_URL }, "UPSTASH", /example/],
    ["a placeholder", { QSTASH_TOKEN: "your-qstash-token-goes-here" }, "QSTASH_TOKEN", /placeholder/],
    ["a placeholder in brackets", { CRON_SECRET: "<the cron secret here>" }, "CRON_SECRET", /placeholder/],
    ["changeme", { AUTH_SECRET: "change-me-change-me-change-me-change-me" }, "AUTH_SECRET", /placeholder/],
    ["too short for the schema", { AUTH_SECRET: randomSecret().slice(0, 20) }, "AUTH_SECRET", /at least 32/],
    [
      "too short",
      { UPSTASH_REDIS_REST_TOKEN: randomSecret().slice(0, 12) },
      "UPSTASH_REDIS_REST_TOKEN",
      /at least 16/,
    ],
    ["of one letter", { AUTH_SECRET: "a".repeat(64) }, "AUTH_SECRET", /guess/],
    ["not a signing key", { QSTASH_NEXT_SIGNING_KEY: randomSecret() }, "QSTASH_NEXT_SIGNING_KEY", /sig_/],
    [
      "the key of QStash's development server",
      { QSTASH_CURRENT_SIGNING_KEY: "sig_7kYjw48mhY7kAjqNGcy6cr29RJ6r" },
      "QSTASH_CURRENT_SIGNING_KEY",
      /public/,
    ],
    ["plain http", { APP_URL: "http://music.test" }, "APP_URL", /https/],
    ["an address of this machine", { APP_URL: "https://localhost:3000" }, "APP_URL", /this machine/],
    ["a local emulator", { QSTASH_URL: "http://127.0.0.1:3012" }, "QSTASH_URL", /this machine/],
    [
      "a webhook on this machine",
      { ALERT_WEBHOOK_URL: "http://127.0.0.1:9093/abcdefgh" },
      "ALERT",
      /this machine/,
    ],
    ["QSTASH_DEV", { QSTASH_DEV: "true" }, "QSTASH_DEV", /forged/],
    ["FAILPOINT", { FAILPOINT: "views.sync.claimed" }, "FAILPOINT", /crash/],
    ["development's NODE_ENV", { NODE_ENV: "development" }, "NODE_ENV", /production/],
    ["one secret twice", { CRON_SECRET: validEnv.AUTH_SECRET }, "AUTH_SECRET, CRON_SECRET", /same/],
    [
      "one signing key twice",
      { QSTASH_NEXT_SIGNING_KEY: validEnv.QSTASH_CURRENT_SIGNING_KEY },
      "QSTASH",
      /same/,
    ],
    ["in quotes", { CRON_SECRET: `"${validEnv.CRON_SECRET}"` }, "CRON_SECRET", /quotes/],
    ["in two lines", { CRON_SECRET: `${validEnv.CRON_SECRET}\nab` }, "CRON_SECRET", /line end/],
    ["of a wrong kind", { TRUST_PROXY: "yes" }, "TRUST_PROXY", /must be/],
  ])("%s is one error", (_, change, name, message) => {
    const { errors } = check(change);
    expect(errors).toEqual([expect.stringMatching(message)]);
    expect(errors[0]).toContain(name);
  });

  it.each<[string, Record<string, string | undefined>, RegExp]>([
    ["no trusted proxy on Vercel", { TRUST_PROXY: "none", VERCEL: "1" }, /^TRUST_PROXY/],
    [
      "no trusted proxy on a URL of Vercel",
      { TRUST_PROXY: undefined, APP_URL: "https://a.vercel.app" },
      /^TRUST_PROXY/,
    ],
    [
      "an alias with another value",
      { KV_REST_API_TOKEN: randomSecret() },
      /^UPSTASH_REDIS_REST_TOKEN: KV_REST_API_TOKEN/,
    ],
    ["no payments", { STRIPE_SECRET_KEY: undefined }, /^STRIPE_SECRET_KEY: is not set.*cannot sell/],
    ["a verbose log", { LOG_LEVEL: "debug" }, /^LOG_LEVEL/],
    [
      "a database on this machine",
      { DATABASE_URL: `postgresql://u:${randomSecret()}@127.0.0.1/db` },
      /^DATABASE_URL/,
    ],
  ])("%s is one warning", (_, change, message) => {
    expect(check(change)).toEqual({ errors: [], warnings: [expect.stringMatching(message)] });
  });

  it("the example's database is reported as a placeholder and for its password", () => {
    const { errors } = check({ DATABASE_URL: example.DATABASE_URL });
    expect(errors).toEqual([expect.stringMatching(/placeholder/), expect.stringMatching(/password/)]);
  });

  it("an alias can replace the name, and causes no warning when both agree", () => {
    const token = validEnv.UPSTASH_REDIS_REST_TOKEN;
    expect(check({ UPSTASH_REDIS_REST_TOKEN: undefined, KV_REST_API_TOKEN: token }).errors).toEqual([]);
    expect(check({ KV_REST_API_TOKEN: token })).toEqual({ errors: [], warnings: [] });
  });

  it("staging is as strict as production, but may log at any level", () => {
    expect(check({ LOG_LEVEL: "debug" }, "staging")).toEqual({ errors: [], warnings: [] });
    expect(check({ APP_URL: "http://music.test", CRON_SECRET: undefined }, "staging").errors).toHaveLength(2);
  });

  it("in development only variables that are set must be valid", () => {
    expect(check({ AUTH_SECRET: undefined, APP_URL: "http://localhost:3000" }, "development").errors).toEqual(
      [],
    );
    expect(check({ APP_URL: "ftp://x" }, "development").errors).toHaveLength(1);
  });

  it("with every variable invalid reports every problem and no value", () => {
    const invalidEnv = Object.fromEntries(
      Object.keys(envSchema.shape).map((name, index) => [name, `"wrong-${index}-${"z".repeat(index)}`]),
    );
    const { errors, warnings } = check({ ...invalidEnv, QSTASH_DEV: "1" });
    expect(errors.length).toBeGreaterThan(12);
    const report = [...errors, ...warnings].join("\n");
    for (const value of Object.values(invalidEnv)) expect(report).not.toContain(value);
    expect(report).not.toContain("wrong-");
  });
});

describe("npm run check:env", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "check-env-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  function run(args: string[], env: Record<string, string> = {}) {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ["--import", "tsx", "scripts/check-env.ts", ...args],
      { env: { PATH: process.env.PATH ?? "", ...env } as unknown as NodeJS.ProcessEnv, encoding: "utf8" },
    );
    return { status, report: stdout + stderr };
  }

  it("exits with 0 for a valid environment, with 1 and a list otherwise, and never prints a value", () => {
    expect(run(["production"], validEnv).status).toBe(0);
    const file = path.join(folder, ".env");
    const values = { ...validEnv, AUTH_SECRET: "hunter2hunter2", APP_URL: "http://music.test" };
    writeFileSync(
      file,
      Object.entries(values)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(""),
    );
    const { status, report } = run(["production", "--file", file]);
    expect(status).toBe(1);
    expect(report).toMatch(/error +AUTH_SECRET[\s\S]*error +APP_URL|error +APP_URL[\s\S]*error +AUTH_SECRET/);
    for (const value of Object.values(values)) if (value !== "vercel") expect(report).not.toContain(value);
  });

  it.each([[[]], [["prod"]], [["production", "--file", "/does/not/exist"]], [["production", "--what"]]])(
    "%j exits with 1 and an explanation",
    async (args) => {
      const { code, output, errors } = await runCommand(() => import("@/scripts/check-env"), args, validEnv);
      const report = output + errors;
      expect(code).toBe(1);
      expect(report).not.toBe("");
      expect(report).not.toMatch(/^ +at /m);
    },
  );
});
