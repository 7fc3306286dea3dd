import { randomBytes, randomInt } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { newBlobToken } from "../blob";
import { PLAN_NAMES, type PlanName } from "../qstash/plans";

const postgresUrl = z.url({
  protocol: /^postgres(ql)?$/,
  error: "must be a URL like postgresql://user:password@host:5432/name",
});

/** Environment variables of the local stack; all are optional. */
const settingsSchema = z.object({
  PORT: z.coerce.number().int().min(1).max(65_500).default(3000),
  DATABASE_URL: postgresUrl.optional(),
  DIRECT_URL: postgresUrl.optional(),
  REDIS_URL: z
    .url({ protocol: /^rediss?$/, error: "must be a URL like redis://:password@host:6379" })
    .optional(),
  REDIS_HOST: z.string().optional(),
  REDIS_PORT: z.coerce.number().int().default(6379),
  REDIS_PASSWORD: z.string().optional(),
  REDIS_DB: z.coerce.number().int().default(0),
  UPSTASH_REDIS_REST_URL: z.string().optional(),
  KV_REST_API_URL: z.string().optional(),
  UPSTASH_REDIS_URL: z.string().optional(),
  QSTASH_URL: z.string().optional(),
  QSTASH_TOKEN: z.string().optional(),
  QSTASH_PLAN: z.enum(PLAN_NAMES).optional(),
  STRIPE_SECRET_KEY: z.string().optional(),
  STRIPE_API_URL: z.string().optional(),
  SMTP_URL: z.string().optional(),
  BLOB_READ_WRITE_TOKEN: z.string().optional(),
  VERCEL_BLOB_API_URL: z.string().optional(),
  CHAIN_RPC_URL: z.string().optional(),
  TELEGRAM_API_ROOT: z.string().optional(),
  TELEGRAM_BOT_TOKEN: z.string().optional(),
  /** Folder of all data that survives a restart. */
  DATA_DIR: z.string().default(".data"),
  /** `embedded` ignores a redis-server on the PATH. */
  LOCAL_REDIS_ENGINE: z.enum(["auto", "embedded"]).default("auto"),
});

export interface Settings {
  port: number;
  /** Absolute. */
  dataDir: string;
  /** When set, that Postgres is used and none is started. */
  databaseUrl: string | undefined;
  /** Its address without a pooler, to migrate and prepare it; by default `databaseUrl`. */
  directUrl?: string | undefined;
  /** When set, the gateway fronts that Redis and no engine is started. */
  redisUrl: string | undefined;
  redisEngine: "auto" | "embedded";
  /** When true, no gateway is started. */
  externalRedisRest: boolean;
  /** When true, no QStash emulator is started. */
  externalQstash: boolean;
  /** The emulator enforces the limits of this plan. */
  qstashPlan?: PlanName | undefined;
  /** When true, no local Stripe is started. */
  externalStripe: boolean;
  /** When true, no mail catcher is started. */
  externalMail: boolean;
  /** When true, no local Vercel Blob is started. */
  externalBlob: boolean;
  /** When true, no local chain is started. */
  externalChain?: boolean;
  /** When true, no local Telegram is started. */
  externalTelegram?: boolean;
}

/** @throws ZodError */
export function readSettings(source: Readonly<Record<string, string | undefined>>): Settings {
  const definedValues = Object.fromEntries(Object.entries(source).filter(([, value]) => value?.trim()));
  const settings = settingsSchema.parse(definedValues);
  return {
    port: settings.PORT,
    dataDir: path.resolve(settings.DATA_DIR),
    databaseUrl: settings.DATABASE_URL,
    directUrl: settings.DIRECT_URL,
    redisUrl: settings.REDIS_URL ?? buildRedisUrl(settings),
    redisEngine: settings.LOCAL_REDIS_ENGINE,
    externalRedisRest: Boolean(
      settings.UPSTASH_REDIS_REST_URL ?? settings.KV_REST_API_URL ?? settings.UPSTASH_REDIS_URL,
    ),
    externalQstash: Boolean(settings.QSTASH_URL ?? settings.QSTASH_TOKEN),
    qstashPlan: settings.QSTASH_PLAN,
    externalStripe: Boolean(settings.STRIPE_SECRET_KEY ?? settings.STRIPE_API_URL),
    externalMail: Boolean(settings.SMTP_URL),
    externalBlob: Boolean(settings.BLOB_READ_WRITE_TOKEN ?? settings.VERCEL_BLOB_API_URL),
    externalChain: Boolean(settings.CHAIN_RPC_URL),
    // A token of a real bot is of no use to the local one.
    externalTelegram: Boolean(settings.TELEGRAM_API_ROOT ?? settings.TELEGRAM_BOT_TOKEN),
  };
}

/** The path to print: relative when the folder is below the working directory, else as it is. */
export function displayPath(folder: string): string {
  const relative = path.relative(process.cwd(), folder);
  return relative === "" || relative.startsWith("..") || path.isAbsolute(relative) ? folder : `${relative}/`;
}

function buildRedisUrl(settings: z.infer<typeof settingsSchema>): string | undefined {
  if (!settings.REDIS_HOST) return undefined;
  const password = settings.REDIS_PASSWORD ? `:${encodeURIComponent(settings.REDIS_PASSWORD)}@` : "";
  return `redis://${password}${settings.REDIS_HOST}:${settings.REDIS_PORT}/${settings.REDIS_DB}`;
}

/** Every other port has a fixed offset from the app's, so that two stacks only need two `PORT`s. */
export function derivePorts(port: number) {
  return {
    app: port,
    redisGateway: port + 10,
    redis: port + 11,
    qstash: port + 12,
    postgres: port + 13,
    stripe: port + 14,
    smtp: port + 15,
    mailbox: port + 16,
    blob: port + 17,
    chain: port + 18,
    chainNode: port + 19,
    telegram: port + 20,
  };
}

const privateKey = z.templateLiteral(["0x", z.string()]);

const newPrivateKey = (): `0x${string}` => `0x${randomBytes(32).toString("hex")}`;

/** In the form that BotFather gives. */
const newBotToken = (): string => `${randomInt(10 ** 9, 10 ** 10)}:${randomBytes(26).toString("base64url")}`;

const secretsSchema = z.object({
  AUTH_SECRET: z.string(),
  CRON_SECRET: z.string(),
  METRICS_TOKEN: z.string(),
  redisToken: z.string(),
  qstashToken: z.string(),
  stripeSecretKey: z.string(),
  stripeWebhookSecret: z.string(),
  blobToken: z.string(),
  chainAdministratorKey: privateKey,
  chainMinterKey: privateKey,
  telegramBotToken: z.string(),
});

export type Secrets = z.infer<typeof secretsSchema>;

/**
 * Reads the secrets of this machine, generated on the first start and kept, so that a restart ends no session. A
 * file from an older version keeps its secrets and gets the missing ones.
 */
export async function loadLocalSecrets(dataDir: string | null): Promise<Secrets> {
  const generated = {
    AUTH_SECRET: randomBytes(32).toString("base64url"),
    CRON_SECRET: randomBytes(24).toString("base64url"),
    METRICS_TOKEN: randomBytes(24).toString("base64url"),
    redisToken: randomBytes(24).toString("base64url"),
    qstashToken: randomBytes(24).toString("base64url"),
    stripeSecretKey: `sk_test_local_${randomBytes(24).toString("hex")}`,
    stripeWebhookSecret: `whsec_${randomBytes(24).toString("hex")}`,
    blobToken: newBlobToken(),
    chainAdministratorKey: newPrivateKey(),
    chainMinterKey: newPrivateKey(),
    telegramBotToken: newBotToken(),
  };
  if (dataDir === null) return generated;
  const file = path.join(dataDir, "secrets.json");
  const stored = secretsSchema.partial().parse(await readJson(file));
  const secrets = { ...generated, ...stored };
  if (Object.keys(stored).length === Object.keys(generated).length) return secrets;
  await mkdir(dataDir, { recursive: true });
  // Replaced atomically: a crash must not lose the secrets that sessions are signed with.
  await writeFile(`${file}.tmp`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.tmp`, file);
  return secrets;
}

/** @returns an empty object when the file does not exist */
async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
}
