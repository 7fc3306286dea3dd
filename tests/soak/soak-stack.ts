import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { prepareRole } from "@/lib/db/role-settings";
import { applyMigrations } from "@/local/postgres/migrate";
import { startQstash } from "@/local/qstash";
import { startRedisEngine } from "@/local/redis/engine";
import { startRedisGateway } from "@/local/redis/gateway";
import { type MailCatcher, startMailCatcher } from "@/local/smtp";
import { type RunningStripe, startStripe } from "@/local/stripe";
import { type CommitCutter, startCommitCutter } from "@/tests/support/proxies/commit-cutter";
import { type FaultProxy, startFaultProxy } from "@/tests/support/proxies/fault-proxy";
import { startTcpBalancer, type TcpBalancer } from "@/tests/support/proxies/tcp-balancer";
import { type RealPostgres, startRealPostgres } from "@/tests/support/stack/real-postgres";

/** The backends of a soak, each with a way to inject faults, and the environment that points to them. */
export interface SoakStack {
  balancer: TcpBalancer;
  postgres: RealPostgres;
  cutter: CommitCutter;
  toRedis: FaultProxy;
  toQstash: FaultProxy;
  provider: RunningStripe;
  mail: MailCatcher;
  emptyRedis(): Promise<void>;
  close(): Promise<void>;
}

const TOKEN = "soak";
/** The mail catcher keeps this many mails until the end. */
const MAX_MAILS = 100_000;

/** Sets the environment of this process and of its children: call it before anything reads it. */
export async function startSoakStack(): Promise<SoakStack> {
  const folder = await mkdtemp(path.join(tmpdir(), "normaldance-soak-"));
  const balancer = await startTcpBalancer();
  const appUrl = `http://localhost:${balancer.port}`;
  const [postgres, engine, qstash, mail] = await Promise.all([
    startRealPostgres(),
    startRedisEngine({ dataDir: path.join(folder, "redis") }),
    startQstash({ dataDir: null, token: TOKEN, retryScale: 0.001 }),
    startMailCatcher({ dataDir: path.join(folder, "mail"), limit: MAX_MAILS }),
  ]);
  if (engine.kind === "embedded") throw new Error("the soak needs a redis-server on the PATH");
  await applyMigrations(postgres.url);
  await prepareRole(postgres.url, postgres.url);
  const gateway = await startRedisGateway({ port: 0, token: TOKEN, redisUrl: engine.url, strict: true });
  const [cutter, toRedis, toQstash] = await Promise.all([
    startCommitCutter(postgres.url),
    startFaultProxy({ host: "127.0.0.1", port: gateway.port }),
    startFaultProxy({ host: "127.0.0.1", port: qstash.port }),
  ]);
  const provider = await startStripe({
    dataDir: null,
    webhookUrl: `${appUrl}/api/webhooks/payments`,
    secretKey: "sk_test_of_the_soak",
    webhookSecret: "whsec_of_the_soak",
    retryScale: 0.001,
    lateMs: 400,
    // The invariants read its events at the end.
    limits: { maxEvents: 1_000_000 },
  });
  Object.assign(process.env, {
    NODE_ENV: "test",
    LOG_LEVEL: process.env.LOG_LEVEL ?? "silent",
    APP_URL: appUrl,
    DATABASE_URL: cutter.url,
    UPSTASH_REDIS_REST_URL: `http://127.0.0.1:${toRedis.port}`,
    UPSTASH_REDIS_REST_TOKEN: TOKEN,
    // A busy machine is not an outage; the injected outages are enough.
    REDIS_TIMEOUT_MS: "2000",
    REDIS_FIRST_CALL_TIMEOUT_MS: "5000",
    QSTASH_URL: `http://127.0.0.1:${toQstash.port}`,
    QSTASH_TOKEN: TOKEN,
    QSTASH_CURRENT_SIGNING_KEY: qstash.keys.current,
    QSTASH_NEXT_SIGNING_KEY: qstash.keys.next,
    AUTH_SECRET: "a secret of the soak, long enough for HS256",
    CRON_SECRET: "a secret of the soak's cron",
    STRIPE_SECRET_KEY: provider.secretKey,
    STRIPE_WEBHOOK_SECRET: provider.webhookSecret,
    STRIPE_API_URL: provider.url,
    SMTP_URL: mail.smtpUrl,
  });
  await raiseMailRate(qstash.url);
  return {
    ...{ balancer, postgres, cutter, toRedis, toQstash, provider, mail },
    emptyRedis: async () => {
      await fetch(gateway.url, {
        method: "POST",
        headers: { authorization: `Bearer ${TOKEN}` },
        body: JSON.stringify(["FLUSHALL"]),
      });
    },
    close: async () => {
      await Promise.all([provider.close(), qstash.close(), toQstash.close(), toRedis.close()]);
      await Promise.all([gateway.close(), cutter.close(), balancer.close(), mail.close()]);
      await Promise.all([engine.stop(), postgres.stop()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The limit of ten mails per second suits a mail server, but most of a soak would be spent waiting for it. */
async function raiseMailRate(qstashUrl: string): Promise<void> {
  const response = await fetch(`${qstashUrl}/v2/flowControl/mail/pin?rate=1000&period=1&parallelism=6`, {
    method: "POST",
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  if (!response.ok) throw new Error(`QStash rejected the mail lane's rate: ${response.status}`);
}
