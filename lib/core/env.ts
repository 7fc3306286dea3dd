import { z } from "zod";

/**
 * The environment, read in this file alone and validated as a whole: one error lists everything wrong.
 * Nothing is read at import time, so `next build` needs no environment.
 */

/** `a || b`: an empty string in a dashboard means "not set". */
function firstNonEmpty(source: EnvSource, ...names: string[]): string | undefined {
  for (const name of names) {
    const value = source[name]?.trim();
    if (value) return value;
  }
  return undefined;
}

type EnvSource = Readonly<Record<string, string | undefined>>;

/** Names under which other consoles show the same value; the first that is set wins. */
const ALIASES = {
  UPSTASH_REDIS_REST_URL: ["KV_REST_API_URL", "UPSTASH_REDIS_URL"],
  UPSTASH_REDIS_REST_TOKEN: ["KV_REST_API_TOKEN", "UPSTASH_REDIS_TOKEN"],
} as const;

const httpUrl = z
  .url({ protocol: /^https?$/, error: "must be an http(s) URL" })
  .transform((url) => url.replace(/\/+$/, ""));

const milliseconds = z.coerce.number().int().min(1).max(60_000);

export const envSchema = z.object({
  NODE_ENV: z.enum(["development", "test", "production"]).default("development"),
  LOG_LEVEL: z.enum(["silent", "error", "warn", "info", "debug", "trace"]).default("info"),
  /** Public base URL; QStash signs and delivers to it. */
  APP_URL: httpUrl,
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: "must be a postgres:// URL" }),
  UPSTASH_REDIS_REST_URL: httpUrl,
  UPSTASH_REDIS_REST_TOKEN: z.string(),
  /** Time limits of one Redis call: at the edge, elsewhere, and for the first call on a fresh connection. */
  REDIS_EDGE_TIMEOUT_MS: milliseconds.default(50),
  REDIS_TIMEOUT_MS: milliseconds.default(100),
  REDIS_FIRST_CALL_TIMEOUT_MS: milliseconds.default(1_000),
  /** In front of every key, where two deployments share one Redis. */
  REDIS_KEY_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9:_.-]{0,40}$/, "must be at most 40 letters, digits and : _ . -")
    .default(""),
  /** Some consoles show it with `/v2`, which the SDK adds itself. */
  QSTASH_URL: httpUrl.transform((url) => url.replace(/\/v2$/, "")).default("https://qstash.upstash.io"),
  QSTASH_TOKEN: z.string(),
  QSTASH_CURRENT_SIGNING_KEY: z.string(),
  QSTASH_NEXT_SIGNING_KEY: z.string(),
  /** Signs access tokens (HS256 wants at least 256 bits). */
  AUTH_SECRET: z.string().min(32, "must have at least 32 characters"),
  /** What Vercel Cron sends as a bearer token. */
  CRON_SECRET: z.string().min(16, "must have at least 16 characters"),
  /**
   * Whose word on the caller's address is believed: `none` (no header), `vercel` (the platform overwrites
   * it), or how many reverse proxies of your own stand in front, counted from the right.
   */
  TRUST_PROXY: z
    .union([z.literal("none"), z.literal("vercel"), z.coerce.number().int().min(1).max(9)], {
      error: "must be none, vercel, or a number of proxies from 1 to 9",
    })
    .default("none"),
  /** Payments; without them the shop shows what it has and says that it cannot sell. */
  STRIPE_SECRET_KEY: z.string().optional(),
  /** Stripe signs its events with it. */
  STRIPE_WEBHOOK_SECRET: z.string().optional(),
  STRIPE_API_URL: httpUrl.default("https://api.stripe.com"),
  /** Mail; without it tasks that send mail wait, and are dead with an alert in the end. */
  SMTP_URL: z.url({ protocol: /^smtps?$/, error: "must be an smtp:// or smtps:// URL" }).optional(),
  /** Sender of all mail, `Name <address>`; no-reply at APP_URL's host unless set. */
  MAIL_FROM: z.string().optional(),
  /** Files that people send; without it nobody can send one, and those that were sent cannot be seen. */
  BLOB_READ_WRITE_TOKEN: z.string().optional(),
  /** A file of 4 MB must fit in. */
  BLOB_TIMEOUT_MS: milliseconds.default(8_000),
  /** Where Vercel Blob's API is; the SDK reads it by itself, and has an address of its own. */
  VERCEL_BLOB_API_URL: httpUrl.optional(),
  /** For crash tests: the process kills itself at the place of this name (lib/core/failpoint.ts). */
  FAILPOINT: z.string().optional(),
});

export type Env = z.infer<typeof envSchema>;

/** Every variable that is wrong, one line each. */
export class EnvError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The environment is not complete:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`);
    this.name = "EnvError";
  }
}

/** The names under which the app reads a value: its own and others'. */
export function envNames(name: string): readonly string[] {
  return [name, ...(name in ALIASES ? ALIASES[name as keyof typeof ALIASES] : [])];
}

/** What the app would read, before it is validated. */
export function readEnv(source: EnvSource): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.keys(envSchema.shape).map((name) => [name, firstNonEmpty(source, ...envNames(name))]),
  );
}

/**
 * Validates an environment.
 * @throws {EnvError} listing everything wrong at once
 */
export function parseEnv(source: EnvSource): Env {
  const values = readEnv(source);
  const parsed = envSchema.safeParse(values);
  const problems = parsed.success ? [] : parsed.error.issues.map(describe);
  // The SDK's receiver would then accept messages signed with a public key.
  if (values.NODE_ENV === "production" && /^(1|true)$/i.test(source.QSTASH_DEV?.trim() ?? "")) {
    problems.push("QSTASH_DEV: must not be set in production, it accepts forged messages");
  }
  if (!parsed.success || problems.length > 0) throw new EnvError(problems);
  return parsed.data;

  function describe(issue: z.core.$ZodIssue): string {
    const name = String(issue.path[0]);
    if (values[name] !== undefined) return `${name}: ${issue.message}`;
    const aliases = envNames(name).slice(1);
    return `${name}${aliases.length > 0 ? ` (or ${aliases.join(", ")})` : ""}: is not set`;
  }
}

let cachedEnv: Env | undefined;

/** The validated environment of this process; parsed once, on first use. */
export function env(): Env {
  cachedEnv ??= parseEnv(process.env);
  return cachedEnv;
}
