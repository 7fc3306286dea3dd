import "./load-env";
import { z } from "zod";
import { env } from "@/lib/core/env";
import { withTimeout } from "@/lib/core/with-timeout";
import { qstash } from "@/lib/tasks";
import vercel from "../vercel.json" with { type: "json" };

/**
 * `npm run schedules`: makes the calls of vercel.json's crons QStash schedules too, for plans whose crons
 * run once a day. Run it again after a change: a schedule is known by its path and is replaced.
 * `npm run schedules -- --every "*\/5 * * * *"` says how often, in place of vercel.json.
 */
const { every } = z
  .object({ every: z.string().optional() })
  .parse(process.argv[2] === "--every" ? { every: process.argv[3] } : {});

const TIMEOUT_MS = 10_000;

for (const { path, schedule } of vercel.crons) {
  const scheduleId = path.replace(/^\/api\//, "").replaceAll("/", "-");
  const cron = every ?? schedule;
  await withTimeout(
    qstash().schedules.create({
      scheduleId,
      destination: `${env().APP_URL}${path}`,
      cron,
      method: "GET",
      // Upstash forwards it as the request's own Authorization.
      headers: { Authorization: `Bearer ${env().CRON_SECRET}` },
      retries: 1,
    }),
    TIMEOUT_MS,
  );
  console.log(`${scheduleId}: GET ${path} at ${cron}`);
}
