import { describe, expect, it } from "vitest";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { ManualClock } from "@/tests/support/servers/manual-clock";
import { start } from "@/tests/support/servers/qstash";
import { parseCron } from "../../../local/qstash/cron";

const MINUTE = 60_000;
/** 2026-01-01T00:00:30Z, a Thursday. */
const BEGIN = Date.UTC(2026, 0, 1, 0, 0, 30);

describe("schedules", () => {
  it("fire on every tick with their options, and show last and next time", async () => {
    const clock = new ManualClock(BEGIN);
    const { client, receiver, qstash } = await start({ clock });
    const { scheduleId } = await client.schedules.create({
      destination: `${receiver.url}/tick`,
      cron: " */10  * * * * ",
      body: "payload",
      method: "PUT",
      headers: { "x-h": "1", "content-type": "text/plain" },
      label: ["a", "b"],
    });
    expect(await client.schedules.get(scheduleId)).toMatchObject({
      scheduleId: expect.stringMatching(/^scd_/),
      cron: "*/10 * * * *",
      destination: `${receiver.url}/tick`,
      method: "PUT",
      header: { "Content-Type": ["text/plain"], "X-H": ["1"] },
      body: "payload",
      isPaused: false,
      labels: ["a", "b"],
      nextScheduleTime: Date.UTC(2026, 0, 1, 0, 10),
    });
    for (let tick = 1; tick <= 3; tick++) {
      clock.advance(10 * MINUTE);
      await receiver.waitFor(tick);
      await waitUntil("the delivery", () => qstash.stats().delivered === tick);
    }
    expect(receiver.received[0]).toMatchObject({ method: "PUT", text: "payload" });
    expect(receiver.received[0]?.headers).toMatchObject({ "x-h": "1", "upstash-schedule-id": scheduleId });
    const shown = await client.schedules.get(scheduleId);
    expect(shown).toMatchObject({
      lastScheduleTime: Date.UTC(2026, 0, 1, 0, 30),
      nextScheduleTime: Date.UTC(2026, 0, 1, 0, 40),
    });
    expect(Object.values(shown.lastScheduleStates ?? {})).toEqual(["SUCCESS"]);
    const ids = receiver.received.map(({ headers }) => headers["upstash-message-id"]);
    expect(new Set(ids).size).toBe(3);
  });

  it("with the same id are replaced, and do not repeat a tick that fired", async () => {
    const clock = new ManualClock(BEGIN);
    const { client, receiver } = await start({ clock });
    const create = (path: string) =>
      client.schedules.create({ scheduleId: "mine", destination: receiver.url + path, cron: "* * * * *" });
    await create("/old");
    clock.advance(30_000);
    await receiver.waitFor(1);
    await create("/new");
    expect(await client.schedules.list()).toHaveLength(1);
    expect((await client.schedules.get("mine")).nextScheduleTime).toBe(Date.UTC(2026, 0, 1, 0, 2));
    clock.advance(MINUTE);
    await receiver.waitFor(2);
    expect(receiver.received.map(({ path }) => path)).toEqual(["/old", "/new"]);
  });

  it("skip ticks while paused, by PATCH and by POST", async () => {
    const clock = new ManualClock(BEGIN);
    const { client, receiver, api } = await start({ clock });
    await client.schedules.create({ scheduleId: "s", destination: receiver.url, cron: "* * * * *" });
    await client.schedules.pause({ schedule: "s" });
    expect(await client.schedules.get("s")).toMatchObject({ isPaused: true });
    clock.advance(60 * MINUTE);
    await client.schedules.resume({ schedule: "s" });
    expect(receiver.received).toHaveLength(0);
    clock.advance(MINUTE);
    await receiver.waitFor(1);
    expect((await api("/v2/schedules/s/pause", { method: "POST" })).status).toBe(200);
    clock.advance(10 * MINUTE);
    expect((await api("/v2/schedules/s/resume", { method: "POST" })).status).toBe(200);
    expect(await client.schedules.get("s")).toMatchObject({ isPaused: false });
    expect(receiver.received).toHaveLength(1);
    await client.schedules.delete("s");
    clock.advance(60 * MINUTE);
    expect(receiver.received).toHaveLength(1);
    expect((await api("/v2/schedules/s")).status).toBe(404);
  });

  it("publish to every endpoint of a URL group, through a queue, after a delay", async () => {
    const clock = new ManualClock(BEGIN);
    const { client, receiver, qstash } = await start({ clock });
    await client.urlGroups.addEndpoints({
      name: "group",
      endpoints: [{ url: `${receiver.url}/1` }, { url: `${receiver.url}/2`, name: "two" }],
    });
    await client.schedules.create({ destination: "group", cron: "0 * * * *", delay: 30, queueName: "q" });
    clock.advance(59 * MINUTE + 30_000);
    await waitUntil("the messages", () => qstash.stats().published === 2);
    expect(receiver.received).toHaveLength(0);
    clock.advance(30_000);
    await receiver.waitFor(2);
    expect(receiver.received.map(({ path }) => path)).toEqual(["/1", "/2"]);
    expect(receiver.received[0]?.headers["upstash-topic-name"]).toBe("group");
    expect((await client.queue().list()).map(({ name }) => name)).toEqual(["q"]);
  });

  it("are also created by a publish with Upstash-Cron, which is required", async () => {
    const { api, receiver } = await start();
    const made = await api(`/v2/publish/${receiver.url}`, {
      method: "POST",
      headers: { "Upstash-Cron": "CRON_TZ=America/New_York 0 4 * * *", "Upstash-Schedule-Id": "ny" },
    });
    expect(await made.json()).toEqual({ scheduleId: "ny" });
    const without = await api(`/v2/schedules/${receiver.url}`, { method: "POST" });
    expect(without.status).toBe(400);
    const unknown = await api(`/v2/schedules/${receiver.url}`, {
      method: "POST",
      headers: { "Upstash-Cron": "CRON_TZ=Mars/Olympus 0 4 * * *" },
    });
    expect(await unknown.json()).toMatchObject({ error: expect.stringContaining("Mars/Olympus") });
  });
});

describe("cron expressions", () => {
  it.each([
    ["CRON_TZ=America/New_York 0 4 * * *", Date.UTC(2026, 0, 1, 9)],
    ["0 4 * * *", Date.UTC(2026, 0, 1, 4)],
    ["*/5 * * * *", Date.UTC(2026, 0, 1, 0, 5)],
    ["0 0 * * 0", Date.UTC(2026, 0, 4)],
    ["@daily", Date.UTC(2026, 0, 2)],
    // With both day fields set, a match of either is enough.
    ["0 0 13 * 5", Date.UTC(2026, 0, 2)],
  ])("%s", (source, next) => {
    expect(parseCron(source).nextAfter(BEGIN)).toBe(next);
  });

  it.each(["* * * *", "* * * * * *", "61 * * * *", "", "@sometimes", "a b c d e"])("refuses %j", (source) => {
    expect(() => parseCron(source)).toThrow(SyntaxError);
  });

  it("keep the local time across a change to daylight saving time", () => {
    const { nextAfter } = parseCron("CRON_TZ=Europe/Berlin 30 9 * * *");
    const before = nextAfter(Date.UTC(2026, 2, 28, 0)) ?? 0;
    const after = nextAfter(before) ?? 0;
    expect(new Date(before).toISOString()).toBe("2026-03-28T08:30:00.000Z");
    expect(new Date(after).toISOString()).toBe("2026-03-29T07:30:00.000Z");
  });
});
