import { z } from "zod";
import { now } from "../core/clock";
import { env } from "../core/env";
import {
  type Check,
  checkDatabase,
  checkQstash,
  checkRedis,
  checkSchema,
  probeQstash,
  probeRedis,
} from "./checks";

const overallSchema = z.enum(["ok", "degraded", "down"]);

export const healthSchema = z.object({
  status: overallSchema,
  database: checkSchema,
  redis: checkSchema,
  qstash: checkSchema,
});

export const integrationSchema = z.object({
  status: overallSchema,
  redis: checkSchema,
  qstash: checkSchema,
  /** When the probe ran; ISO 8601, UTC */
  at: z.iso.datetime(),
});

export type Integration = z.infer<typeof integrationSchema>;

/** Checks every backend. The app is down without Postgres, and degraded without Redis or QStash. */
export async function checkHealth(): Promise<z.infer<typeof healthSchema>> {
  const [database, redis, qstash] = await Promise.all([checkDatabase(), checkRedis(), checkQstash()]);
  const status = database.status === "down" ? "down" : overallStatus([database, redis, qstash]);
  return { status, database, redis, qstash };
}

/** How long a probe's result is reused: a probe writes to Redis and sends a real message. */
const PROBE_CACHE_MS = 10_000;
/** On QStash's smallest plan: anybody may ask for a probe, and its message counts against the plan's day. */
const FREE_PROBE_CACHE_MS = 30 * 60_000;
let lastProbe: Integration | undefined;
let runningProbe: Promise<Integration> | undefined;

/** Probes Redis and QStash end to end. Calls within ten seconds share one run; on QStash's free plan within half an hour. */
export function probeIntegration(): Promise<Integration> {
  const cacheMs = env().QSTASH_PLAN === "free" ? FREE_PROBE_CACHE_MS : PROBE_CACHE_MS;
  if (lastProbe && now() - Date.parse(lastProbe.at) < cacheMs) return Promise.resolve(lastProbe);
  runningProbe ??= runProbe().finally(() => {
    runningProbe = undefined;
  });
  return runningProbe;
}

async function runProbe(): Promise<Integration> {
  const [redis, qstash] = await Promise.all([probeRedis(), probeQstash()]);
  lastProbe = { status: overallStatus([redis, qstash]), redis, qstash, at: new Date(now()).toISOString() };
  return lastProbe;
}

function overallStatus(checks: Check[]): z.infer<typeof overallSchema> {
  const down = checks.filter(({ status }) => status === "down").length;
  if (down === 0) return "ok";
  return down === checks.length ? "down" : "degraded";
}
