import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { newBlobToken } from "../blob";

/** What the local stack is told by the environment; everything has a default. */
const settingsSchema = z.object({
  PORT: z.coerce.number().int().min(1).max(65_500).default(3000),
  DATABASE_URL: z
    .url({
      protocol: /^postgres(ql)?$/,
      error: "must be a URL like postgresql://user:password@host:5432/name",
    })
    .optional(),
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
  STRIPE_SECRET_KEY: z.string().optional(),
  STRIPE_API_URL: z.string().optional(),
  SMTP_URL: z.string().optional(),
  BLOB_READ_WRITE_TOKEN: z.string().optional(),
  VERCEL_BLOB_API_URL: z.string().optional(),
  /** Where everything that lasts is kept. */
  DATA_DIR: z.string().default(".data"),
  /** `embedded` leaves a redis-server on the PATH alone. */
  LOCAL_REDIS_ENGINE: z.enum(["auto", "embedded"]).default("auto"),
});

export interface Settings {
  port: number;
  /** Absolute. */
  dataDir: string;
  /** Set: that Postgres is used and none is started. */
  databaseUrl: string | undefined;
  /** Set: the gateway fronts that Redis. */
  redisUrl: string | undefined;
  redisEngine: "auto" | "embedded";
  /** True: no gateway starts. */
  externalRedisRest: boolean;
  /** True: no emulator starts. */
  externalQstash: boolean;
  /** True: no local Stripe starts. */
  externalStripe: boolean;
  /** True: no mail catcher starts. */
  externalMail: boolean;
  /** True: no local Vercel Blob starts. */
  externalBlob: boolean;
}

/** @throws ZodError */
export function readSettings(source: Readonly<Record<string, string | undefined>>): Settings {
  const definedValues = Object.fromEntries(Object.entries(source).filter(([, value]) => value?.trim()));
  const settings = settingsSchema.parse(definedValues);
  return {
    port: settings.PORT,
    dataDir: path.resolve(settings.DATA_DIR),
    databaseUrl: settings.DATABASE_URL,
    redisUrl: settings.REDIS_URL ?? buildRedisUrl(settings),
    redisEngine: settings.LOCAL_REDIS_ENGINE,
    externalRedisRest: Boolean(
      settings.UPSTASH_REDIS_REST_URL ?? settings.KV_REST_API_URL ?? settings.UPSTASH_REDIS_URL,
    ),
    externalQstash: Boolean(settings.QSTASH_URL ?? settings.QSTASH_TOKEN),
    externalStripe: Boolean(settings.STRIPE_SECRET_KEY ?? settings.STRIPE_API_URL),
    externalMail: Boolean(settings.SMTP_URL),
    externalBlob: Boolean(settings.BLOB_READ_WRITE_TOKEN ?? settings.VERCEL_BLOB_API_URL),
  };
}

/** A folder as people would type it from here: relative when it is below. */
export function displayPath(folder: string): string {
  const relative = path.relative(process.cwd(), folder);
  return relative === "" || relative.startsWith("..") || path.isAbsolute(relative) ? folder : `${relative}/`;
}

function buildRedisUrl(settings: z.infer<typeof settingsSchema>): string | undefined {
  if (!settings.REDIS_HOST) return undefined;
  const password = settings.REDIS_PASSWORD ? `:${encodeURIComponent(settings.REDIS_PASSWORD)}@` : "";
  return `redis://${password}${settings.REDIS_HOST}:${settings.REDIS_PORT}/${settings.REDIS_DB}`;
}

/** Every other port stands in a fixed distance from the app's, so that two stacks need only two `PORT`s. */
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
  };
}

const secretsSchema = z.object({
  AUTH_SECRET: z.string(),
  CRON_SECRET: z.string(),
  redisToken: z.string(),
  qstashToken: z.string(),
  stripeSecretKey: z.string(),
  stripeWebhookSecret: z.string(),
  blobToken: z.string(),
});

export type Secrets = z.infer<typeof secretsSchema>;

/**
 * Secrets of this laptop: made up on the first start and kept, so that a restart signs nobody out. A file from
 * before one of them was needed keeps what it has and is given the rest.
 */
export async function loadLocalSecrets(dataDir: string | null): Promise<Secrets> {
  const fresh = {
    AUTH_SECRET: randomBytes(32).toString("base64url"),
    CRON_SECRET: randomBytes(24).toString("base64url"),
    redisToken: randomBytes(24).toString("base64url"),
    qstashToken: randomBytes(24).toString("base64url"),
    stripeSecretKey: `sk_test_local_${randomBytes(24).toString("hex")}`,
    stripeWebhookSecret: `whsec_${randomBytes(24).toString("hex")}`,
    blobToken: newBlobToken(),
  };
  if (dataDir === null) return fresh;
  const file = path.join(dataDir, "secrets.json");
  const stored = secretsSchema.partial().parse(await readJson(file));
  const secrets = { ...fresh, ...stored };
  if (Object.keys(stored).length === Object.keys(fresh).length) return secrets;
  await mkdir(dataDir, { recursive: true });
  // Never half written: what is in it signs people in.
  await writeFile(`${file}.tmp`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.tmp`, file);
  return secrets;
}

/** An empty object when the file is not there. */
async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
}
