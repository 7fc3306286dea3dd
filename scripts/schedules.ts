import "./load-env";
import { z } from "zod";
import { env } from "@/lib/core/env";
import { withTimeout } from "@/lib/core/with-timeout";
import { qstash } from "@/lib/tasks";
import vercel from "../vercel.json" with { type: "json" };

/**
 * `npm run schedules`: creates QStash schedules for vercel.json's crons, for plans whose crons run once a day. Run it
 * again after a change: a schedule's id is made of its path, so it is replaced.
 * `npm run schedules -- --every "*\/5 * * * *"` overrides the times of vercel.json.
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
      // Upstash forwards it as the request's Authorization header.
      headers: { Authorization: `Bearer ${env().CRON_SECRET}` },
      retries: 1,
    }),
    TIMEOUT_MS,
  );
  console.log(`${scheduleId}: GET ${path} at ${cron}`);
}
