import { type Client, QstashDailyRatelimitError, type QstashError } from "@upstash/qstash";
import { describe, expect, it } from "vitest";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { ManualClock } from "@/tests/support/servers/manual-clock";
import { clientOf, start, TOKEN } from "@/tests/support/servers/qstash";
import { journalFolder } from "@/tests/support/servers/qstash-journal";
import { startQstash } from "../../../local/qstash";

const DAY_MS = 86_400_000;
/** Noon in UTC. */
const NOON_MS = Date.UTC(2026, 10, 28, 12);
/** Far enough away that nothing is delivered in a test. */
const LATER = "6d" as const;
const URL = "https://app.example/hook";

/** Publishes messages that are not due, in batches. */
async function use({ client }: { client: Client }, count: number): Promise<void> {
  for (let left = count; left > 0; left -= 100) {
    const batch = Array.from({ length: Math.min(100, left) }, () => ({ url: URL, delay: LATER }));
    await client.batchJSON(batch);
  }
}

const errorOf = (work: Promise<unknown>): Promise<QstashError> =>
  work.then(
    () => {
      throw new Error("it was not refused");
    },
    (error: QstashError) => error,
  );

describe("the free plan", () => {
  it("takes 1,000 messages a day, then answers as QStash does and skips ticks until midnight in UTC", async () => {
    const clock = new ManualClock(NOON_MS);
    const { client, qstash } = await start({ plan: "free", clock });
    await client.schedules.create({ destination: URL, cron: "0 * * * *", delay: LATER });
    await use({ client }, 999);
    // Two do not fit: the first is accepted, the second is an error of its own.
    const batch = await client.batchJSON([
      { url: URL, delay: LATER },
      { url: URL, delay: LATER },
    ]);
    expect(batch).toEqual([
      { messageId: expect.any(String), url: URL },
      { error: "exceeded daily message limit" },
    ]);
    expect(qstash.stats().today).toBe(1_000);
    for (const work of [
      () => client.publishJSON({ url: URL }),
      () => client.batchJSON([{ url: URL }]),
      () => client.queue({ queueName: "q" }).enqueueJSON({ url: URL }),
    ]) {
      const error = await errorOf(work());
      expect(error).toBeInstanceOf(QstashDailyRatelimitError);
      const midnight = String((NOON_MS + DAY_MS / 2) / 1000);
      expect(error).toMatchObject({ status: 429, limit: "1000", remaining: "0", reset: midnight });
    }
    // What makes no message still works.
    await client.dlq.listMessages();
    // The schedule's ticks of these eleven hours are skipped; that of midnight belongs to the next day.
    clock.advance(DAY_MS / 2 - 1);
    expect(qstash.stats()).toMatchObject({ today: 1_000, published: 1_000 });
    clock.advance(1);
    expect(qstash.stats().today).toBe(1);
    await client.publishJSON({ url: URL, delay: LATER });
    expect(qstash.stats().today).toBe(2);
  });

  it("counts each retry, and not a duplicate", async () => {
    const { client, receiver, qstash } = await start({ plan: "free", retryScale: 0 });
    receiver.onRequest = () => ({ status: 500 });
    await client.publish({ url: receiver.url, retries: 2, deduplicationId: "once" });
    await client.publish({ url: receiver.url, retries: 2, deduplicationId: "once" });
    await waitUntil("the dead letter", () => qstash.stats().deadLetters === 1);
    expect(qstash.stats()).toMatchObject({ today: 3, deduplicated: 1 });
  });

  it("allows ten schedules, one URL group, a delay of seven days and a message of 1 MB", async () => {
    const { client } = await start({ plan: "free" });
    for (let index = 0; index < 10; index += 1) {
      await client.schedules.create({ scheduleId: `s${index}`, destination: URL, cron: "0 4 * * *" });
    }
    // Replacing one is not another one.
    await client.schedules.create({ scheduleId: "s0", destination: URL, cron: "0 5 * * *" });
    await client.urlGroups.addEndpoints({ name: "g", endpoints: [{ url: URL }] });
    const refused = await Promise.all(
      [
        client.schedules.create({ scheduleId: "s10", destination: URL, cron: "0 4 * * *" }),
        client.urlGroups.addEndpoints({ name: "h", endpoints: [{ url: URL }] }),
        client.publish({ url: URL, delay: "8d" }),
        client.publish({ url: URL, body: "x".repeat(1024 * 1024 + 1) }),
      ].map(errorOf),
    );
    expect(refused.map(({ status }) => status)).toEqual([412, 412, 412, 412]);
    expect(refused.map(({ message }) => /quota (\w+) exceeded/.exec(message)?.[1])).toEqual([
      "maxSchedules",
      "maxUrlGroups",
      "maxDelayMs",
      "maxMessageBytes",
    ]);
  });

  it("keeps the day's count over a restart", async () => {
    const dataDir = await journalFolder();
    const first = await startQstash({ plan: "free", dataDir, token: TOKEN });
    await use({ client: clientOf(first) }, 5);
    await first.close();
    // The second start replays the journal, the third reads the snapshot that the second has written.
    for (const round of ["journal", "snapshot"]) {
      const again = await startQstash({ plan: "free", dataDir, token: TOKEN });
      expect(again.stats().today, round).toBe(5);
      await again.close();
    }
  });
});

it("without a plan nothing is limited", async () => {
  const { client, qstash } = await start();
  await use({ client }, 1_001);
  expect(qstash.stats().today).toBe(1_001);
});
