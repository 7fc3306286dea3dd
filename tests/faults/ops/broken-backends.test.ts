import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Caller } from "@/lib/core/access-token";
import { setClock } from "@/lib/core/clock";
import { waitForDeferredWork } from "@/lib/core/defer";
import { newId } from "@/lib/core/ids";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { useUpQuota } from "@/tests/support/factories/qstash-quota";
import { type FaultMode, type HttpFault, startFaultProxy } from "@/tests/support/proxies/fault-proxy";
import { startKillableRedis } from "@/tests/support/servers/killable-redis";
import { startRefusingSmtp } from "@/tests/support/servers/refusing-smtp";
import { startIsolatedBackends } from "@/tests/support/stack/isolated-backends";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

/**
 * Breaks every backend in five ways and looks at the console's overview only. Prints the table of
 * docs/OPERATIONS.md#broken-backends.
 */

requireRealStack();
const redis = await startKillableRedis();
const backends = await startIsolatedBackends({ plan: "free" });
const smtp = await startRefusingSmtp();
const { startTestChain } = await import("@/tests/support/factories/minting");
const chain = await startTestChain();

/** Puts a proxy before the address in the environment. */
async function proxied(name: string) {
  const address = new URL(process.env[name] ?? "");
  const proxy = await startFaultProxy({ host: address.hostname, port: Number(address.port || 5432) });
  address.hostname = "127.0.0.1";
  address.port = String(proxy.port);
  process.env[name] = address.toString().replace(/\/$/, "");
  return proxy;
}

const ROLE = `console_${newId().replaceAll("-", "")}`;
const administrator = new Client({ connectionString: process.env.DIRECT_URL });
await administrator.connect();
await administrator.query(`CREATE ROLE ${ROLE} LOGIN SUPERUSER PASSWORD 'console'`);
const asRole = new URL(process.env.DATABASE_URL ?? "");
asRole.username = ROLE;
asRole.password = "console";
Object.assign(process.env, {
  DATABASE_URL: asRole.toString(),
  SMTP_URL: `smtp://user:password@127.0.0.1:${smtp.port}`,
  // As in production, or nearly: the operator's session waits for Redis too.
  REDIS_TIMEOUT_MS: "1000",
  REDIS_FIRST_CALL_TIMEOUT_MS: "1000",
});
const proxies = {
  database: await proxied("DATABASE_URL"),
  redis: await proxied("UPSTASH_REDIS_REST_URL"),
  qstash: await proxied("QSTASH_URL"),
  files: await proxied("VERCEL_BLOB_API_URL"),
  mail: await proxied("SMTP_URL"),
  payments: await proxied("STRIPE_API_URL"),
  chain: await proxied("CHAIN_RPC_URL"),
  bot: await proxied("TELEGRAM_API_ROOT"),
};
type Backend = keyof typeof proxies;

const { GET: overview } = await import("@/app/api/admin/overview/route");
const { db, disconnectDb } = await import("@/lib/db");
const { keys, redis: redisClient } = await import("@/lib/redis");
const { call } = await import("@/tests/support/clients/call");
const { createPerson } = await import("@/tests/support/factories/people");
const { startTestSession } = await import("@/tests/support/factories/sessions");
const { createTestBot } = await import("@/tests/support/factories/bots");
const { health } = await import("@/scripts/ops/rooms");

let admin: Caller;
let aheadMs = 0;
let restoreClock = () => {};

beforeAll(async () => {
  restoreClock = setClock({ now: () => Date.now() + aheadMs });
  admin = await createPerson("admin");
  await createTestBot();
  await db().mint.create({
    data: { id: newId(), ownerAddress: `0x${"0".repeat(40)}`, chainId: 1, contract: `0x${"0".repeat(40)}` },
  });
});

afterAll(async () => {
  restoreClock();
  await disconnectDb();
  for (const proxy of Object.values(proxies)) await proxy.close();
  await administrator.query(`REASSIGN OWNED BY ${ROLE} TO CURRENT_USER`);
  await administrator.end();
  await smtp.close();
  await chain.close();
  await backends.stop();
  await redis.close();
});

/** Answers of backends are shared for five seconds: each look is a new moment. */
const look = (token: string) => {
  aheadMs += 6_000;
  return call(overview, { token });
};

interface Way {
  break(): Promise<unknown>;
  mend(): Promise<unknown>;
}

const byProxy = (backend: Backend, fault: FaultMode | HttpFault): Way => ({
  break: () => proxies[backend].set(fault),
  mend: () => proxies[backend].set("pass"),
});

const answering = (backend: Backend, status: number, body: object): Way =>
  byProxy(backend, { status, body: JSON.stringify(body) });

const bySmtp = (fault: Parameters<typeof smtp.refuse>[0]): Way => ({
  break: async () => smtp.refuse(fault),
  mend: async () => smtp.refuse(null),
});

const statements = (toBreak: string, toMend: string): Way => ({
  break: async () => {
    await administrator.query(toBreak);
    await disconnectDb();
  },
  mend: async () => {
    await administrator.query(toMend);
    await disconnectDb();
  },
});

const FULL_DISK = `
CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$;
CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON "MetricBatch" EXECUTE FUNCTION full_disk()`;

/** What each backend does when its space or its plan is used up, and when it refuses our key. */
const full: Record<Backend, Way> = {
  database: statements(FULL_DISK, "DROP FUNCTION full_disk() CASCADE"),
  redis: {
    break: async () => {
      await redis.send(["CONFIG", "SET", "maxmemory-policy", "noeviction"]);
      await redis.send(["CONFIG", "SET", "maxmemory", "1"]);
    },
    mend: () => redis.send(["CONFIG", "SET", "maxmemory", "0"]),
  },
  // Cannot be mended: the last of all.
  qstash: { break: () => useUpQuota(backends.qstash), mend: async () => {} },
  files: answering("files", 507, { error: { code: "insufficient_storage", message: "no space left" } }),
  mail: bySmtp({ command: "MAIL", reply: "452 4.3.1 Insufficient system storage" }),
  payments: answering("payments", 429, { error: { type: "rate_limit_error", message: "Too many requests" } }),
  chain: answering("chain", 429, {
    ...{ jsonrpc: "2.0", id: 1 },
    error: { code: -32_005, message: "daily request count exceeded" },
  }),
  bot: answering("bot", 429, {
    ...{ ok: false, error_code: 429, description: "Too Many Requests: retry after 30" },
    parameters: { retry_after: 30 },
  }),
};

const refusing: Record<Backend, Way> = {
  database: statements(`ALTER ROLE ${ROLE} NOLOGIN`, `ALTER ROLE ${ROLE} LOGIN`),
  redis: answering("redis", 401, { error: "WRONGPASS invalid or missing auth token" }),
  qstash: answering("qstash", 401, { error: "unauthorized" }),
  files: answering("files", 403, { error: { code: "forbidden", message: "Access denied" } }),
  mail: bySmtp({ command: "AUTH", reply: "535 5.7.8 Authentication credentials invalid" }),
  payments: answering("payments", 401, {
    error: { type: "invalid_request_error", message: "Invalid API Key provided" },
  }),
  chain: answering("chain", 401, { error: "invalid project id" }),
  bot: answering("bot", 401, { ok: false, error_code: 401, description: "Unauthorized" }),
};

const WAYS: readonly { name: string; of(backend: Backend): Way }[] = [
  { name: "stopped", of: (backend) => byProxy(backend, "refuse") },
  { name: "hung", of: (backend) => byProxy(backend, "hang") },
  { name: "slow", of: (backend) => byProxy(backend, "slow") },
  { name: "refusing", of: (backend) => refusing[backend] },
  { name: "full", of: (backend) => full[backend] },
];

const BACKENDS = ["database", "redis", "files", "mail", "payments", "chain", "bot", "qstash"] as const;
const MAX_SECONDS = 10;
const table = new Map<Backend, Map<string, string>>();

describe.each(BACKENDS)("%s broken", (backend) => {
  it.each(WAYS)("$name: the overview names it", async ({ name, of }) => {
    const { accessToken, session } = await startTestSession(admin);
    await waitUntil("all backends are well", async () => {
      const { body } = await look(accessToken);
      const { qstash, ...others } = body?.backends ?? {};
      return qstash && Object.values(others).every((check) => (check as { status: string }).status === "ok");
    });
    // As on a console in use.
    await waitUntil("Redis has the operator's session", async () => {
      await look(accessToken);
      await waitForDeferredWork();
      return (await redisClient().send(["EXISTS", keys.session(session.id)])) === 1;
    });
    const way = of(backend);
    await way.break();
    try {
      const startedAt = performance.now();
      const { status, body } = await look(accessToken);
      const seconds = (performance.now() - startedAt) / 1_000;
      const found = body?.backends?.[backend] ?? { status: `HTTP ${status}` };
      const shown = found.status === "slow" ? "slow" : (found.reason ?? found.status);
      table.set(
        backend,
        new Map([...(table.get(backend) ?? []), [name, `${shown}, ${seconds.toFixed(1)} s`]]),
      );
      expect({ status, troubles: body.troubles }).toMatchObject({
        status: 200,
        troubles: expect.arrayContaining([found.status === "slow" ? "backend_slow" : "backend"]),
      });
      expect(["down", "slow"]).toContain(found.status);
      expect(seconds).toBeLessThan(MAX_SECONDS);
      // A busy machine makes others slow.
      const checks = Object.entries(body.backends as Record<string, { status: string }>);
      const down = checks.flatMap(([each, check]) => (check.status === "down" ? [each] : []));
      expect(down.filter((each) => each !== backend)).toEqual([]);
      // The command has the same answers, which are kept for five seconds.
      const { lines, exitCode } = await health();
      expect(exitCode).toBe(1);
      expect(lines.some((line) => line.startsWith(backend) && line.includes(found.status))).toBe(true);
    } finally {
      await way.mend();
    }
  });
});

it("prints the table", () => {
  const names = WAYS.map(({ name }) => name);
  const rows = BACKENDS.map((backend) => [
    backend,
    ...names.map((name) => table.get(backend)?.get(name) ?? "–"),
  ]);
  console.log(
    [["", ...names], ["", ...names].map(() => "---"), ...rows]
      .map((row) => `| ${row.join(" | ")} |`)
      .join("\n"),
  );
  expect(table.size).toBe(BACKENDS.length);
});
