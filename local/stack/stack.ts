import path from "node:path";
import { prepareRole } from "../../lib/db/role-settings";
import { type RunningBlob, startBlob } from "../blob";
import { LOCAL_CONFIRMATIONS, type RunningChain, startChain } from "../chain";
import { startEmbeddedPostgres } from "../postgres/embedded";
import { applyMigrations } from "../postgres/migrate";
import { lockFolder } from "../process/folder-lock";
import { type RunningQstash, startQstash } from "../qstash";
import { type RedisEngineKind, startRedisEngine } from "../redis/engine";
import { type RedisGateway, startRedisGateway } from "../redis/gateway";
import { type MailCatcher, startMailCatcher } from "../smtp";
import { type RunningStripe, startStripe } from "../stripe";
import { type RunningTelegram, startTelegram } from "../telegram";
import { derivePorts, loadLocalSecrets, type Settings } from "./settings";

export interface StackOptions {
  settings: Settings;
  /** Folder of all data that survives a restart; null keeps everything in memory. */
  dataDir: string | null;
  /** `derived`: fixed offsets from the app's port; `free`: any free ports. */
  ports: "derived" | "free";
  onProgress?: (message: string) => void;
  /** File that the embedded Postgres starts from (local/postgres/embedded.ts). */
  postgresSnapshot?: string;
  /** Multiplies the delays between attempts of QStash and of webhooks (Stripe, Telegram); 1 keeps the real delays. */
  retryScale?: number;
  /** Whether the gateway refuses in scripts what Upstash refuses; true by default. */
  strictRedis?: boolean;
}

export interface Stack {
  /** The app's variables for the backends that were started here. */
  readonly env: Readonly<Record<string, string>>;
  /** The lines to print: one per backend with its kind and URL. */
  readonly backends: readonly { name: string; what: string; url: string }[];
  /** URL of the Redis behind the gateway, with its password; empty when no gateway was started. */
  readonly engineUrl: string;
  /** null when no gateway was started. */
  readonly engineKind: RedisEngineKind | null;
  readonly gateway: RedisGateway | null;
  readonly qstash: RunningQstash | null;
  readonly stripe: RunningStripe | null;
  readonly mail: MailCatcher | null;
  readonly blob: RunningBlob | null;
  readonly chain: RunningChain | null;
  readonly telegram: RunningTelegram | null;
  /** Migrations applied by this start. */
  readonly migrations: readonly string[];
  /** Stops the backends that were started here, last first. Safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Starts every backend that the settings do not replace with an external one, each behind its real protocol.
 * When one fails to start, those before it are stopped again.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const stops: (() => Promise<void>)[] = [];
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= (async () => {
      for (const stopBackend of stops.reverse()) await stopBackend();
    })();
    return stopping;
  };
  try {
    return { ...(await startBackends(options, stops)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startBackends(
  {
    settings,
    dataDir,
    ports: portMode,
    onProgress = () => {},
    retryScale = 1,
    strictRedis = true,
    postgresSnapshot,
  }: StackOptions,
  stops: (() => Promise<void>)[],
): Promise<Omit<Stack, "stop">> {
  const derived = derivePorts(settings.port);
  const port = (name: keyof typeof derived) => (portMode === "derived" ? derived[name] : 0);
  const folder = (name: string) => (dataDir === null ? null : path.join(dataDir, name));

  if (dataDir !== null) stops.push(await lockFolder(dataDir));
  const secrets = await loadLocalSecrets(dataDir);
  const env: Record<string, string> = {
    APP_URL: `http://localhost:${settings.port}`,
    AUTH_SECRET: secrets.AUTH_SECRET,
    CRON_SECRET: secrets.CRON_SECRET,
    METRICS_TOKEN: secrets.METRICS_TOKEN,
  };
  const backends: { name: string; what: string; url: string }[] = [];

  let databaseUrl = settings.databaseUrl;
  if (databaseUrl === undefined) {
    onProgress("Postgres (PGlite) is starting; the first start takes a few seconds");
    const postgres = await startEmbeddedPostgres({
      dataDir: folder("postgres"),
      port: port("postgres"),
      snapshot: postgresSnapshot,
    });
    stops.push(postgres.stop);
    databaseUrl = postgres.url;
    env.DATABASE_URL = postgres.url;
    backends.push({ name: "Postgres", what: "PGlite, embedded", url: postgres.url });
  } else {
    backends.push({ name: "Postgres", what: "external, from DATABASE_URL", url: maskPassword(databaseUrl) });
  }
  const directUrl = settings.directUrl ?? databaseUrl;
  let migrations: string[] = [];
  if (isLoopback(databaseUrl) && isLoopback(directUrl)) {
    migrations = await applyMigrations(directUrl);
    await prepareRole(databaseUrl, directUrl);
  }
  if (migrations.length > 0) onProgress(`Applied ${migrations.join(", ")}`);

  let gateway: RedisGateway | null = null;
  let engineUrl = "";
  let engineKind: RedisEngineKind | null = null;
  if (!settings.externalRedisRest) {
    const engine = await startRedisEngine({
      dataDir: folder("redis") ?? "",
      redisUrl: settings.redisUrl,
      port: port("redis"),
      engine: dataDir === null && settings.redisUrl === undefined ? "embedded" : settings.redisEngine,
      onProgress,
    });
    stops.push(() => engine.stop());
    const started = await startRedisGateway({
      port: port("redisGateway"),
      token: secrets.redisToken,
      redisUrl: engine.url,
      strict: strictRedis,
      scripts: { ownsEngine: engine.kind === "server" },
    });
    stops.push(() => started.close());
    gateway = started;
    engineUrl = engine.url;
    engineKind = engine.kind;
    env.UPSTASH_REDIS_REST_URL = started.url;
    env.UPSTASH_REDIS_REST_TOKEN = secrets.redisToken;
    // Compiling a page blocks a laptop for longer than the default time limits allow.
    env.REDIS_TIMEOUT_MS = "500";
    env.REDIS_EDGE_TIMEOUT_MS = "300";
    backends.push({ name: "Redis", what: engine.description, url: maskPassword(engine.url) });
    backends.push({ name: "Redis REST", what: "gateway", url: started.url });
  }

  let qstash: RunningQstash | null = null;
  if (!settings.externalQstash) {
    const started = await startQstash({
      port: port("qstash"),
      dataDir: folder("qstash"),
      token: secrets.qstashToken,
      retryScale,
      ...(settings.qstashPlan ? { plan: settings.qstashPlan } : {}),
    });
    stops.push(() => started.close());
    qstash = started;
    env.QSTASH_URL = started.url;
    env.QSTASH_TOKEN = secrets.qstashToken;
    env.QSTASH_CURRENT_SIGNING_KEY = started.keys.current;
    env.QSTASH_NEXT_SIGNING_KEY = started.keys.next;
    backends.push({ name: "QStash", what: "emulator; open it for its page", url: started.url });
  }

  let stripe: RunningStripe | null = null;
  if (!settings.externalStripe) {
    const started = await startStripe({
      port: port("stripe"),
      dataDir: folder("stripe"),
      webhookUrl: `${env.APP_URL}/api/webhooks/payments`,
      secretKey: secrets.stripeSecretKey,
      webhookSecret: secrets.stripeWebhookSecret,
      retryScale,
    });
    stops.push(() => started.close());
    stripe = started;
    env.STRIPE_API_URL = started.url;
    env.STRIPE_SECRET_KEY = started.secretKey;
    env.STRIPE_WEBHOOK_SECRET = started.webhookSecret;
    backends.push({ name: "Stripe", what: "emulator; open it for its page", url: started.url });
  }

  let mail: MailCatcher | null = null;
  if (!settings.externalMail) {
    mail = await startMailCatcher({
      smtpPort: port("smtp"),
      pagePort: port("mailbox"),
      dataDir: folder("mail"),
    });
    stops.push(mail.close);
    env.SMTP_URL = mail.smtpUrl;
    env.MAIL_FROM = "NormalDance <no-reply@normaldance.test>";
    backends.push({ name: "Mail", what: "caught, never sent; open it for the mailbox", url: mail.pageUrl });
  }

  let blob: RunningBlob | null = null;
  if (!settings.externalBlob) {
    blob = await startBlob({ port: port("blob"), dataDir: folder("blob"), token: secrets.blobToken });
    stops.push(blob.close);
    env.VERCEL_BLOB_API_URL = blob.url;
    env.BLOB_READ_WRITE_TOKEN = blob.token;
    // The emulator's store holds private and public blobs.
    env.PUBLIC_BLOB_READ_WRITE_TOKEN = blob.token;
    backends.push({ name: "Files", what: "Vercel Blob's API over a folder", url: blob.url });
  }

  let chain: RunningChain | null = null;
  if (!settings.externalChain) {
    chain = await startChain({
      port: port("chain"),
      nodePort: port("chainNode"),
      dataDir: folder("chain"),
      administratorKey: secrets.chainAdministratorKey,
      minterKey: secrets.chainMinterKey,
    });
    stops.push(chain.close);
    env.CHAIN_RPC_URL = chain.url;
    env.CHAIN_ID = String(chain.chainId);
    env.NFT_CONTRACT_ADDRESS = chain.contract;
    env.MINTER_PRIVATE_KEY = secrets.chainMinterKey;
    env.MINT_CONFIRMATIONS = String(LOCAL_CONFIRMATIONS);
    backends.push({
      name: "Chain",
      what: "Anvil, started by the first call; open it for its page",
      url: chain.url,
    });
  }

  let telegram: RunningTelegram | null = null;
  if (!settings.externalTelegram) {
    telegram = await startTelegram({ port: port("telegram"), dataDir: folder("telegram"), retryScale });
    stops.push(telegram.close);
    env.TELEGRAM_API_ROOT = telegram.url;
    env.TELEGRAM_BOT_TOKEN = secrets.telegramBotToken;
    backends.push({ name: "Telegram", what: "bots' API; open it for the phone", url: telegram.url });
  }
  const servers = { gateway, qstash, stripe, mail, blob, chain, telegram };
  return { env, backends, engineUrl, engineKind, migrations, ...servers };
}

/** Whether the database is on this machine: no other is migrated or seeded on start. */
export function isLoopback(url: string): boolean {
  return ["127.0.0.1", "localhost", "[::1]"].includes(new URL(url).hostname);
}

function maskPassword(url: string): string {
  const masked = new URL(url);
  if (masked.password) masked.password = "***";
  return masked.toString();
}
