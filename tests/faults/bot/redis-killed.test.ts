import { afterAll, beforeAll, expect, it } from "vitest";
import { addEntry } from "@/lib/bonuses";
import { cacheManager } from "@/lib/cache";
import { newId } from "@/lib/core/ids";
import { db, disconnectDb, transaction } from "@/lib/db";
import { controlOf } from "@/tests/support/clients/telegram";
import { waitUntil } from "@/tests/support/clients/wait-until";
import {
  handleUntilTaken,
  pressUpdate,
  runBotTasks,
  textUpdate,
} from "@/tests/support/factories/bot-updates";
import {
  createTestBot,
  findTestPerson,
  linkTestPerson,
  openTestPhone,
  readMessages,
  type TestBot,
} from "@/tests/support/factories/bots";
import { createPerson } from "@/tests/support/factories/people";
import { startChild } from "@/tests/support/processes/children";
import { startKillableRedis } from "@/tests/support/servers/killable-redis";
import { startIsolatedBackends } from "@/tests/support/stack/isolated-backends";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();
const backends = await startIsolatedBackends();
const redis = await startKillableRedis();
let bot: TestBot;
beforeAll(async () => {
  bot = await createTestBot();
  await controlOf(process.env.TELEGRAM_API_ROOT ?? "").setLimits({ enabled: false });
});
afterAll(async () => {
  await disconnectDb();
  await backends.stop();
  await redis.close();
});

const STEPS = ["start", "spend", "amount", "yes", "done"] as const;
type Step = (typeof STEPS)[number];

/** Killed before one message of the conversation, and back before another. */
const OUTAGES: readonly [killed: Step, back: Step, data: "kept" | "lost"][] = [
  ["spend", "amount", "kept"],
  ["amount", "done", "kept"],
  ["start", "done", "lost"],
];

it.each(OUTAGES)(
  "Redis killed before %s and back before %s, with its data %s, loses and repeats nothing",
  async (killed, back, data) => {
    const { sender, phone } = await openTestPhone(bot);
    const account = await createPerson();
    const { userId } = account;
    await handleUntilTaken(bot, textUpdate(sender, "/start"));
    const { id: personId } = await linkTestPerson(bot, sender, account);
    await transaction((tx) =>
      addEntry(tx, { userId, kind: "granted", amount: 1_000, key: `granted:${newId()}` }),
    );
    // Redis has all of the person before it dies.
    await handleUntilTaken(bot, textUpdate(sender, "/start"));
    const before = (await readMessages(personId)).length;

    const delivered: object[] = [];
    const deliver = async (update: object) => {
      delivered.push(update);
      await handleUntilTaken(bot, update);
    };
    const say: Record<Step, () => Promise<void>> = {
      start: () => deliver(textUpdate(sender, "/start")),
      spend: () => deliver(textUpdate(sender, "/spend")),
      amount: () => deliver(textUpdate(sender, "3")),
      yes: async () => {
        const [yes] = (await readMessages(personId)).at(-1)?.buttons ?? [];
        await deliver(pressUpdate(sender, yes?.data ?? ""));
        await runBotTasks(bot);
      },
      done: () => deliver(textUpdate(sender, "/start")),
    };
    for (const step of STEPS) {
      if (step === killed) await redis.kill();
      if (step === back) await redis.restart(data);
      await say[step]();
    }
    const texts = (await readMessages(personId)).slice(before).map(({ text }) => text);
    expect(texts).toEqual([
      expect.stringContaining("Bonuses: <b>10</b>"),
      expect.stringContaining("You have <b>10</b> bonuses"),
      "Spend <b>3</b> bonuses?",
      expect.stringContaining("Working on it"),
      "✅ Spent: 3. Left: <b>7</b>.",
      expect.stringContaining("Bonuses: <b>7</b>"),
    ]);
    // Repeats change nothing, also those of updates that were handled without Redis.
    for (const update of delivered)
      expect((await handleUntilTaken(bot, update)).body).toEqual({ outcome: "duplicate" });

    // After ten seconds at most, docs/CACHE.md says.
    await waitUntil("Redis has the invalidations that it missed", async () => {
      await cacheManager.get("bots", bot.id);
      return (await db().cacheInvalidation.count()) === 0;
    });
    // An instance without a memory has only what Redis has.
    const update = JSON.stringify(textUpdate(sender, "/start"));
    expect(await startChild("bot-process.ts", [bot.id, update]).ended).toBe(0);
    const stored = await readMessages(personId);
    expect(stored).toHaveLength(before + STEPS.length + 2);
    expect(stored.at(-1)?.text).toContain("Bonuses: <b>7</b>");
    expect(new Set(stored.map(({ state }) => state))).toEqual(new Set(["sent"]));
    const shown = (await phone.messages()).filter(({ from }) => from?.is_bot);
    expect(shown).toHaveLength(stored.length);
    expect((await findTestPerson(bot, sender)).sendingUntil).toBeNull();
    const entries = await db().bonusEntry.findMany({ where: { userId }, orderBy: { seq: "asc" } });
    expect(entries.map(({ amount }) => amount)).toEqual([1_000, -300]);
  },
);
