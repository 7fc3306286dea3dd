import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { plans } from "@/local/qstash/plans";
import {
  countMessagesPerDay,
  plannedScheduleIds,
  scheduleIdOf,
  schedulePlans,
  withDailyCrons,
} from "@/scripts/schedule-plans";

const vercelJson = readFileSync("vercel.json", "utf8");
const cronsSchema = z.object({ crons: z.array(z.object({ path: z.string(), schedule: z.string() })) });
const cronsOf = (text: string) => cronsSchema.parse(JSON.parse(text)).crons;

const names = ["free", "payg", "pro"] as const;

describe("the schedules of QStash's plans", () => {
  it.each([
    ["free", 289],
    ["payg", 1_729],
    ["pro", 2_881],
  ] as const)("%s makes %i messages a day", (name, messages) => {
    expect(countMessagesPerDay(schedulePlans[name].schedules)).toBe(messages);
  });

  it("leave most of a limited day to tasks, also when every call fails", () => {
    for (const name of names) {
      const { schedules, messagesPerDay } = schedulePlans[name];
      expect(messagesPerDay ?? undefined).toBe(plans[name].messagesPerDay);
      if (messagesPerDay === null) continue;
      const attempts = schedules.reduce(
        (total, schedule) => total + countMessagesPerDay([schedule]) * (1 + schedule.retries),
        0,
      );
      expect(attempts).toBeLessThan(messagesPerDay / 2);
    }
  });

  it("list the blob store once a day only", () => {
    for (const name of names) {
      const tidies = schedulePlans[name].schedules.filter(({ path }) => path === "/api/cron/tidy");
      expect(countMessagesPerDay(tidies)).toBe(1);
    }
  });

  it("call routes that exist, under ids of their own", () => {
    const paths = names.flatMap((name) => schedulePlans[name].schedules.map(({ path }) => path));
    for (const path of [...paths, ...cronsOf(withDailyCrons(vercelJson)).map(({ path }) => path)]) {
      expect(existsSync(`app${path}/route.ts`), path).toBe(true);
    }
    expect(plannedScheduleIds).toEqual(new Set(paths.map(scheduleIdOf)));
    expect(plannedScheduleIds.size).toBe(new Set(paths).size);
  });
});

describe("the crons of vercel.json", () => {
  it("in their daily form sync, sweep and tidy once a day, and nothing else in the file changes", () => {
    const daily = withDailyCrons(vercelJson);
    const crons = cronsOf(daily);
    expect(crons.map(({ path }) => path)).toEqual(["/api/cron/sync-and-sweep", "/api/cron/tidy"]);
    expect(crons.map(({ schedule }) => countMessagesPerDay([{ cron: schedule }]))).toEqual([1, 1]);
    expect({ ...JSON.parse(daily), crons: undefined }).toEqual({
      ...JSON.parse(vercelJson),
      crons: undefined,
    });
  });
});
