import { readFile } from "node:fs/promises";
import { Cron } from "croner";
import { z } from "zod";

const vercelSchema = z.object({
  crons: z.array(z.object({ path: z.string(), schedule: z.string() })).default([]),
});

interface CronsOptions {
  appUrl: string;
  cronSecret: string;
  onProblem: (message: string) => void;
}

/** Time limit of one call; every cron route of the app finishes sooner. */
const CRON_TIMEOUT_MS = 90_000;

/**
 * Calls the cron routes of `vercel.json` on their schedules (UTC) with the cron secret, as Vercel does. A run that
 * is due while the previous one is still going is skipped.
 * @returns a function that stops the schedules
 */
export async function startCrons({ appUrl, cronSecret, onProblem }: CronsOptions): Promise<() => void> {
  const { crons } = vercelSchema.parse(JSON.parse(await readFile("vercel.json", "utf8")));
  const jobs = crons.map(
    ({ path, schedule }) =>
      new Cron(schedule, { timezone: "UTC", protect: true }, async () => {
        try {
          const response = await fetch(new URL(path, appUrl), {
            headers: { authorization: `Bearer ${cronSecret}`, "user-agent": "vercel-cron/1.0" },
            signal: AbortSignal.timeout(CRON_TIMEOUT_MS),
          });
          if (!response.ok) onProblem(`cron ${path} answered ${response.status}`);
        } catch (error) {
          onProblem(`cron ${path} failed: ${error instanceof Error ? error.message : String(error)}`);
        }
      }),
  );
  return () => {
    for (const job of jobs) job.stop();
  };
}
