import { z } from "zod";

/**
 * The environment. Only this file reads it, and validates it as a whole: one error lists every problem.
 * Nothing is read at import time, so `next build` needs no environment.
 */

/** The first name with a non-empty value: an empty string in a dashboard means "not set". */
function firstNonEmpty(source: EnvSource, ...names: string[]): string | undefined {
  for (const name of names) {
    const value = source[name]?.trim();
    if (value) return value;
  }
  return undefined;
}

type EnvSource = Readonly<Record<string, string | undefined>>;

/** Other names of the same value, as the consoles of Upstash, Vercel, Neon and Supabase show them; the first that is set wins. */
const ALIASES = {
  UPSTASH_REDIS_REST_URL: ["KV_REST_API_URL", "UPSTASH_REDIS_URL"],
  UPSTASH_REDIS_REST_TOKEN: ["KV_REST_API_TOKEN", "UPSTASH_REDIS_TOKEN"],
  DIRECT_URL: ["DATABASE_URL_UNPOOLED", "POSTGRES_URL_NON_POOLING"],
} as const;

const httpUrl = z
  .url({ protocol: /^https?$/, error: "must be an http(s) URL" })
  .transform((url) => url.replace(/\/+$/, ""));

const postgresUrl = z.url({ protocol: /^postgres(ql)?$/, error: "must be a postgres:// URL" });

/** http:// on this machine alone. */
const secureUrl = z
  .string()
  .refine(
    (url) =>
      URL.canParse(url) && /^https:|^http:\/\/(localhost|127(\.\d{1,3}){3}|\[::1\])(:|\/|$)/i.test(url),
    "must be an https:// URL",
  );

const milliseconds = z.coerce.number().int().min(1).max(60_000);

export const envSchema = z.object({
  NODE_ENV: z.enum(["development", "test", "production"]).default("development"),
  LOG_LEVEL: z.enum(["silent", "error", "warn", "info", "debug", "trace"]).default("info"),
  /** Public base URL; QStash signs and delivers to it. */
  APP_URL: httpUrl,
  /** May lead through a pooler in transaction mode. */
  DATABASE_URL: postgresUrl,
  /** The same database without a pooler, for migrations and `npm run db:prepare`; by default DATABASE_URL. */
  DIRECT_URL: postgresUrl.optional(),
  /** Connections of one process; two at least, as a transaction may read outside of itself. */
  DATABASE_POOL_SIZE: z.coerce.number().int().min(2).max(100).default(10),
  UPSTASH_REDIS_REST_URL: httpUrl,
  UPSTASH_REDIS_REST_TOKEN: z.string(),
  /** Time limits of one Redis call: at the edge, in the server, and for the first call on a fresh connection. */
  REDIS_EDGE_TIMEOUT_MS: milliseconds.default(50),
  REDIS_TIMEOUT_MS: milliseconds.default(100),
  REDIS_FIRST_CALL_TIMEOUT_MS: milliseconds.default(1_000),
  /** How long a request waits for Redis where its limit must be exact: strict routes, attempts on passwords. */
  REDIS_STRICT_TIMEOUT_MS: milliseconds.default(1_000),
  /** How long the reads of a page may take from the start of its render. */
  PAGE_TIMEOUT_MS: milliseconds.default(2_500),
  /** Prepended to every key, for deployments that share one Redis. */
  REDIS_KEY_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9:_.-]{0,40}$/, "must be at most 40 letters, digits and : _ . -")
    .default(""),
  /** Some consoles show the URL with `/v2`, which the SDK appends itself. */
  QSTASH_URL: httpUrl.transform((url) => url.replace(/\/v2$/, "")).default("https://qstash.upstash.io"),
  QSTASH_TOKEN: z.string(),
  /**
   * QStash's plan. With `free`, whose messages are few, the app sends none that only make something earlier: views wait
   * for the next scheduled sync, and probes of QStash are rare.
   */
  QSTASH_PLAN: z.enum(["free", "payg", "pro"]).optional(),
  /** What the plan of Upstash Redis allows in a month, to show how much of it is used. */
  UPSTASH_REDIS_MONTHLY_COMMANDS: z.coerce.number().int().min(1).optional(),
  /** What QStash's plan allows in a day, for the same. */
  QSTASH_DAILY_MESSAGES: z.coerce.number().int().min(1).optional(),
  QSTASH_CURRENT_SIGNING_KEY: z.string(),
  QSTASH_NEXT_SIGNING_KEY: z.string(),
  /** Signs access tokens (HS256 wants at least 256 bits). */
  AUTH_SECRET: z.string().min(32, "must have at least 32 characters"),
  /** Vercel Cron sends it as a bearer token. */
  CRON_SECRET: z.string().min(16, "must have at least 16 characters"),
  /** Bearer token of `/api/metrics`; without it the route answers no caller. */
  METRICS_TOKEN: z.string().min(16, "must have at least 16 characters").optional(),
  /** How often an instance hands over what it has counted, at most; 0: never, and there are no metrics. */
  METRICS_INTERVAL_SECONDS: z.coerce
    .number()
    .int()
    .max(3_600)
    .refine((seconds) => seconds === 0 || seconds >= 60, "must be 0, or at least 60")
    .default(60),
  /** Gets a POST when an alert opens and when it is closed (docs/OPERATIONS.md); mostly contains a secret. */
  ALERT_WEBHOOK_URL: secureUrl.optional(),
  /** Gets a mail at the same times. */
  ALERT_MAIL: z.email({ error: "must be a mail address" }).max(254).optional(),
  /**
   * Where traces are sent (OpenTelemetry over HTTP); without it nothing is traced. The SDK reads the standard
   * `OTEL_EXPORTER_OTLP_HEADERS` and `OTEL_EXPORTER_OTLP_PROTOCOL` itself.
   */
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl.optional(),
  /** Which part of the traces is recorded. */
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(0.1),
  /**
   * Which header is trusted for the caller's address: `none`, `vercel` (the platform overwrites it), or the number
   * of your own reverse proxies, whose entries in `X-Forwarded-For` are counted from the right.
   */
  TRUST_PROXY: z
    .union([z.literal("none"), z.literal("vercel"), z.coerce.number().int().min(1).max(9)], {
      error: "must be none, vercel, or a number of proxies from 1 to 9",
    })
    .default("none"),
  /**
   * The deny lists of @upstash/ratelimit: addresses and browsers that its console lists, and a public list of addresses
   * that one instance loads from GitHub once a day. Costs the gate one more call per request.
   */
  RATE_LIMIT_PROTECTION: z.stringbool().default(false),
  /** Shows the gate's decisions in Upstash's console. Costs the gate one more call per request, after the response. */
  RATE_LIMIT_ANALYTICS: z.stringbool().default(false),
  /** Payments; without it the shop shows its products and a notice that it cannot sell. */
  STRIPE_SECRET_KEY: z.string().optional(),
  /** Stripe signs its webhook events with it. */
  STRIPE_WEBHOOK_SECRET: z.string().optional(),
  STRIPE_API_URL: httpUrl.default("https://api.stripe.com"),
  /** Mail; without it, tasks that send mail are retried and finally become dead letters, with an alert. */
  SMTP_URL: z.url({ protocol: /^smtps?$/, error: "must be an smtp:// or smtps:// URL" }).optional(),
  /** Sender of all mail, `Name <address>`; by default no-reply@ the host of APP_URL. */
  MAIL_FROM: z.string().optional(),
  /** Uploaded files; without it files can be neither uploaded nor downloaded. */
  BLOB_READ_WRITE_TOKEN: z.string().optional(),
  /** A public store for covers and renditions; without it no sound can be uploaded. */
  PUBLIC_BLOB_READ_WRITE_TOKEN: z.string().optional(),
  /** Set by Vercel, and by nothing else. Only production sets the webhooks of bots: a preview may share its database. */
  VERCEL_ENV: z.enum(["production", "preview", "development"]).optional(),
  /** Long enough to transfer a file of 4 MB. */
  BLOB_TIMEOUT_MS: milliseconds.default(8_000),
  /** URL of Vercel Blob's API; the SDK reads the variable itself and has a default. */
  VERCEL_BLOB_API_URL: httpUrl.optional(),
  /**
   * Base URL of a box that runs `npm run worker`: QStash delivers the tasks of sound there instead of to APP_URL. Set it
   * on both.
   */
  TRANSCODER_URL: httpUrl.optional(),
  /**
   * Temporary disk (bytes) of the machines that transcode, where it is small: sounds that do not fit are refused before
   * they are sent. On Vercel 536870912, unless a worker transcodes.
   */
  MEDIA_SCRATCH_BYTES: z.coerce.number().int().positive().optional(),
  /** Minting: an EVM node's JSON-RPC. With the three below it is set up; without one of them nothing can be minted. */
  CHAIN_RPC_URL: httpUrl.optional(),
  /** The network's id (EIP-155): a node of another network is refused. */
  CHAIN_ID: z.coerce.number().int().positive().max(2_147_483_647).optional(),
  /** Of the deployed contract (`npm run contract:deploy`). */
  NFT_CONTRACT_ADDRESS: z
    .string()
    .regex(/^0x[0-9a-fA-F]{40}$/, "must be an address: 0x and 40 hexadecimal digits")
    .optional(),
  /** Key of the account that mints and pays for it; the account needs the contract's minter role. */
  MINTER_PRIVATE_KEY: z
    .string()
    .regex(/^0x[0-9a-fA-F]{64}$/, "must be 0x and 64 hexadecimal digits")
    .optional(),
  /**
   * Blocks from a transaction's own on until it counts as final. Any full node will do: more than 100 need `eth_getLogs`
   * over as many blocks.
   */
  MINT_CONFIRMATIONS: z.coerce.number().int().min(1).max(1_000).default(12),
  /** Share of later sales that the artist's token asks for, in hundredths of a percent. */
  MINT_ROYALTY_BASIS_POINTS: z.coerce.number().int().min(0).max(5_000).default(500),
  /** Mints that all accounts together may begin within 24 hours: each costs a fee. */
  MINT_DAILY_LIMIT: z.coerce.number().int().min(1).max(100_000).default(500),
  /** The highest fee per gas that a transaction offers; above it, minting waits. */
  MINT_MAX_FEE_GWEI: z.coerce.number().positive().max(1_000_000).default(300),
  /** A transaction whose turn it is and that no block took for so long is replaced by one with a higher fee. */
  MINT_STUCK_SECONDS: z.coerce.number().int().min(1).max(86_400).default(180),
  /** Time limit of one call to the node. */
  CHAIN_TIMEOUT_MS: milliseconds.default(8_000),
  /** Address of Telegram's Bot API, or of another server that speaks it. */
  TELEGRAM_API_ROOT: httpUrl.default("https://api.telegram.org"),
  /** The bot that the seed and `npm run bot:add` add, with the ready workflows. */
  TELEGRAM_BOT_TOKEN: z.string().min(30, "must have at least 30 characters").optional(),
  /**
   * What workflows of bots may call: origins, separated by spaces. A plain http:// one, or one on this machine, must
   * name its address as a number, such as http://127.0.0.1:8080.
   */
  BOT_HTTP_ORIGINS: z
    .string()
    .default("")
    .transform((text) => text.split(/[\s,]+/).filter((origin) => origin !== ""))
    .pipe(z.array(z.url({ protocol: /^https?$/, error: "must be a list of origins" }))),
  /** For crash tests: the process kills itself at the failpoint of this name (lib/core/failpoint.ts). */
  FAILPOINT: z.string().optional(),
});

export type Env = z.infer<typeof envSchema>;

/** Lists every invalid variable, one per line. */
export class EnvError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`invalid environment:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`);
    this.name = "EnvError";
  }
}

/** The names under which the app reads a value: its own and the aliases. */
export function envNames(name: string): readonly string[] {
  return [name, ...(name in ALIASES ? ALIASES[name as keyof typeof ALIASES] : [])];
}

/** The values that the app reads, before validation. */
export function readEnv(source: EnvSource): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.keys(envSchema.shape).map((name) => [name, firstNonEmpty(source, ...envNames(name))]),
  );
}

/**
 * Validates an environment.
 * @throws {EnvError} with all problems
 */
export function parseEnv(source: EnvSource): Env {
  const values = readEnv(source);
  const parsed = envSchema.safeParse(values);
  const problems = parsed.success ? [] : parsed.error.issues.map(describe);
  // The SDK's receiver would then accept messages signed with a publicly known key.
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

/** Whether the build found the package that transcodes sound (next.config.mjs); undefined outside of a build. */
export function builtWithTranscoder(): boolean | undefined {
  const built = process.env.BUILT_WITH_TRANSCODER;
  return built === undefined ? undefined : built === "yes";
}

let cachedEnv: Env | undefined;

/** The validated environment of this process; parsed once, on first use. */
export function env(): Env {
  cachedEnv ??= parseEnv(process.env);
  return cachedEnv;
}
