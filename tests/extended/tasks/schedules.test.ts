import { Client } from "@upstash/qstash";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type RunningQstash, startQstash } from "@/local/qstash";
import { startCommand } from "@/tests/support/processes/command-line";

const TOKEN = "schedules";
const OTHER = "of-another-program";

let qstash: RunningQstash;
let client: Client;
beforeAll(async () => {
  qstash = await startQstash({ dataDir: null, token: TOKEN, plan: "free" });
  client = new Client({ baseUrl: qstash.url, token: TOKEN, retry: false });
});
afterAll(() => qstash.close());

async function runSchedules(...args: string[]) {
  const env = { ...process.env, QSTASH_URL: qstash.url, QSTASH_TOKEN: TOKEN, QSTASH_PLAN: "" };
  const { stdio, ended } = startCommand("scripts/schedules.ts", args, env);
  return { code: await ended, ...stdio };
}

const schedules = async () =>
  (await client.schedules.list())
    .map(({ scheduleId, cron, method, retries }) => [scheduleId, `${method} ${cron}`, retries] as const)
    .sort();

it("npm run schedules creates a plan's schedules, prints their messages a day, and deletes those of the other plans", async () => {
  await client.schedules.create({ scheduleId: OTHER, destination: "https://x.example", cron: "0 1 * * *" });
  const other = [OTHER, "POST 0 1 * * *", 3];

  const paid = await runSchedules("--plan", "payg");
  expect(paid).toMatchObject({ code: 0, output: expect.stringContaining("plan payg: 1729 messages a day") });
  expect(await schedules()).toEqual([
    ["cron-sweep-tasks", "GET * * * * *", 1],
    ["cron-sync-views", "GET */5 * * * *", 1],
    ["cron-tidy", "GET 17 3 * * *", 1],
    other,
  ]);

  const free = await runSchedules("--plan", "free");
  expect(free.output).toContain("plan free: 289 of 1000 messages a day");
  const ofFree = [["cron-sync-and-sweep", "GET */5 * * * *", 0], ["cron-tidy", "GET 17 3 * * *", 0], other];
  expect(await schedules()).toEqual(ofFree);

  // Without a known plan nothing changes.
  for (const args of [[], ["--plan", "huge"]]) {
    const wrong = await runSchedules(...args);
    expect(wrong.code).toBe(1);
    expect(wrong.errors).toContain("plan free: 289 of 1000 messages a day");
  }
  expect(await schedules()).toEqual(ofFree);
});
