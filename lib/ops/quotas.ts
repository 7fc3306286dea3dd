import { z } from "zod";
import { now } from "../core/clock";
import { labelValues } from "../core/counters";
import { env } from "../core/env";
import { db, transaction } from "../db";
import { closeAlerts, raiseAlert } from "../tasks";

/**
 * What a plan allows and how much of it is used, by our own counts (docs/OPERATIONS.md#metrics): providers report
 * neither over their APIs. The counts leave out the gate's calls and what was lost: the real use is at least this.
 */

export const quotaSchema = z.object({
  name: z.enum(["redis", "qstash"]),
  period: z.enum(["month", "day"]),
  used: z.int(),
  limit: z.int(),
});

export type Quota = z.infer<typeof quotaSchema>;

/** The part of a quota from which on it is a trouble and an alert. */
export const QUOTA_WARNING = 0.8;

export const isNearlyUsed = ({ used, limit }: Quota): boolean => used >= limit * QUOTA_WARNING;

const countRowsSchema = z.array(z.object({ labels: z.string(), total: z.coerce.number() }));

/** The quotas that the environment names. @throws when Postgres does not answer */
export async function readQuotas(): Promise<Quota[]> {
  const { UPSTASH_REDIS_MONTHLY_COMMANDS: commands, QSTASH_DAILY_MESSAGES: messages } = env();
  const at = new Date(now());
  const day = Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate());
  const month = Date.UTC(at.getUTCFullYear(), at.getUTCMonth());
  const [redis, qstash] = await Promise.all([
    commands === undefined
      ? null
      : countSince(month, "redis_commands_total", ([, outcome]) => outcome !== "refused"),
    messages === undefined
      ? null
      : countSince(day, "qstash_messages_total", ([outcome]) => outcome === "accepted"),
  ]);
  return [
    ...(redis === null || commands === undefined
      ? []
      : [{ name: "redis", period: "month", used: redis, limit: commands } as const]),
    ...(qstash === null || messages === undefined
      ? []
      : [{ name: "qstash", period: "day", used: qstash, limit: messages } as const]),
  ];
}

/** Summed in Postgres: the hours of a month are three megabytes. @param since  start of an hour (ms) */
async function countSince(
  since: number,
  counter: "redis_commands_total" | "qstash_messages_total",
  isCounted: (labels: string[]) => boolean,
): Promise<number> {
  const rows = await db().$queryRaw`
SELECT counted.key AS labels, sum(counted.value::numeric)::float8 AS total
FROM "MetricRollup" CROSS JOIN LATERAL jsonb_each_text(counts->${counter}) AS counted
WHERE minutes = 60 AND at >= ${new Date(since)}
GROUP BY counted.key`;
  return countRowsSchema
    .parse(rows)
    .reduce((sum, { labels, total }) => (isCounted(labelValues(labels)) ? sum + total : sum), 0);
}

/**
 * Opens an alert for a quota that is nearly used, once, and closes it in the next period. With each scheduled sweep; two
 * statements where no quota is set or nothing changes.
 */
export async function watchQuotas(): Promise<void> {
  for (const quota of await readQuotas()) {
    const subject = `quota:${quota.name}`;
    const open = await db().alert.findFirst({
      where: { kind: "quota_used", subject, closedAt: null },
      select: { id: true },
    });
    if ((open !== null) === isNearlyUsed(quota)) continue;
    const { used, limit, period } = quota;
    await transaction(async (tx) => {
      if (open) return closeAlerts(tx, { kind: "quota_used", subject });
      const what = quota.name === "redis" ? "commands" : "messages";
      const message = `${used} of ${limit} ${what} of this ${period} (UTC) are used`;
      await raiseAlert(tx, { kind: "quota_used", subject, message });
    });
  }
}
