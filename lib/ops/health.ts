import { z } from "zod";
import { now } from "../core/clock";
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

/** Whether each backend answers. The app is down without Postgres, and degraded without one of the others. */
export async function health(): Promise<z.infer<typeof healthSchema>> {
  const [database, redis, qstash] = await Promise.all([checkDatabase(), checkRedis(), checkQstash()]);
  const status = database.status === "down" ? "down" : overall([database, redis, qstash]);
  return { status, database, redis, qstash };
}

/** A probe writes and sends for real: one at a time, and its answer serves everybody for a while. */
const KEEP_MS = 10_000;
let last: Integration | undefined;
let running: Promise<Integration> | undefined;

/** Goes through Redis and QStash for real. Callers within ten seconds share one run. */
export function probeIntegration(): Promise<Integration> {
  if (last && now() - Date.parse(last.at) < KEEP_MS) return Promise.resolve(last);
  running ??= runProbe().finally(() => {
    running = undefined;
  });
  return running;
}

async function runProbe(): Promise<Integration> {
  const [redis, qstash] = await Promise.all([probeRedis(), probeQstash()]);
  last = { status: overall([redis, qstash]), redis, qstash, at: new Date(now()).toISOString() };
  return last;
}

function overall(checks: Check[]): z.infer<typeof overallSchema> {
  const down = checks.filter(({ status }) => status === "down").length;
  if (down === 0) return "ok";
  return down === checks.length ? "down" : "degraded";
}
