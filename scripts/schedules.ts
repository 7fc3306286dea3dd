import "./load-env";
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { env } from "@/lib/core/env";
import { withTimeout } from "@/lib/core/with-timeout";
import { qstash } from "@/lib/tasks";
import {
  countMessagesPerDay,
  type PlanName,
  plannedScheduleIds,
  type SchedulePlan,
  scheduleIdOf,
  schedulePlans,
  withDailyCrons,
} from "./schedule-plans";

/**
 * `npm run schedules -- --plan free|payg|pro`: creates the QStash schedules that suit QStash's plan, and deletes those
 * of the other plans. Safe to repeat. `--daily-crons` also rewrites vercel.json for a plan of Vercel whose crons run
 * once a day.
 */

const TIMEOUT_MS = 10_000;
const VERCEL_FILE = "vercel.json";

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { plan: { type: "string" }, "daily-crons": { type: "boolean", default: false } },
  });
  const name = parsePlan(values.plan ?? env().QSTASH_PLAN);
  const plan = schedulePlans[name];
  for (const schedule of plan.schedules) await createSchedule(schedule);
  await deleteOtherSchedules(plan);
  if (values["daily-crons"]) writeDailyCrons();
  console.log(describe(name));
}

function parsePlan(text: string | undefined): PlanName {
  const names = Object.keys(schedulePlans) as PlanName[];
  const name = names.find((plan) => plan === text);
  if (name) return name;
  const given = text === undefined ? "say which plan of QStash you have" : `"${text}" is no plan of QStash`;
  throw new Error(`${given}, with --plan or QSTASH_PLAN:\n${names.map(describe).join("\n")}`);
}

function describe(name: PlanName): string {
  const { schedules, messagesPerDay } = schedulePlans[name];
  const limit = messagesPerDay === null ? "" : ` of ${messagesPerDay}`;
  return `plan ${name}: ${countMessagesPerDay(schedules)}${limit} messages a day`;
}

async function createSchedule({ path, cron, retries }: SchedulePlan["schedules"][number]): Promise<void> {
  const scheduleId = scheduleIdOf(path);
  await withTimeout(
    qstash().schedules.create({
      scheduleId,
      destination: `${env().APP_URL}${path}`,
      cron,
      method: "GET",
      // Upstash forwards it as the request's Authorization header.
      headers: { Authorization: `Bearer ${env().CRON_SECRET}` },
      retries,
    }),
    TIMEOUT_MS,
  );
  console.log(`${scheduleId}: GET ${path} at ${cron}`);
}

/** Schedules of other programs on the same account stay. */
async function deleteOtherSchedules({ schedules }: SchedulePlan): Promise<void> {
  const kept = new Set(schedules.map(({ path }) => scheduleIdOf(path)));
  const existing = await withTimeout(qstash().schedules.list(), TIMEOUT_MS);
  for (const { scheduleId } of existing) {
    if (!plannedScheduleIds.has(scheduleId) || kept.has(scheduleId)) continue;
    await withTimeout(qstash().schedules.delete(scheduleId), TIMEOUT_MS);
    console.log(`${scheduleId}: deleted`);
  }
}

function writeDailyCrons(): void {
  writeFileSync(VERCEL_FILE, withDailyCrons(readFileSync(VERCEL_FILE, "utf8")));
  console.log(`${VERCEL_FILE}: crons once a day, deploy to apply them`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
