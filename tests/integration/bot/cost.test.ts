import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { cacheManager } from "@/lib/cache";
import { setClock } from "@/lib/core/clock";
import { db } from "@/lib/db";
import { keys, redis, ttlSeconds } from "@/lib/redis";
import { controlOf } from "@/tests/support/clients/telegram";
import { handleUntilTaken, pressUpdate, textUpdate } from "@/tests/support/factories/bot-updates";
import {
  createTestBot,
  findTestPerson,
  linkTestPerson,
  openTestPhone,
  readMessages,
  type TestBot,
} from "@/tests/support/factories/bots";
import { createPerson } from "@/tests/support/factories/people";
import { startViewCosts } from "@/tests/support/proxies/view-costs";

/** What a message costs in the steady state; docs/BOT.md has the numbers. */

const { cost, stop } = await startViewCosts();
let bot: TestBot;
beforeAll(async () => {
  bot = await createTestBot();
  await controlOf(process.env.TELEGRAM_API_ROOT ?? "").setLimits({ enabled: false });
});
afterAll(async () => {
  await db().botProject.delete({ where: { id: bot.id } });
  await controlOf(process.env.TELEGRAM_API_ROOT ?? "").setLimits({ enabled: true });
  await stop();
});

it("a message of a linked person is two statements beside BEGIN and COMMIT, both writes", async () => {
  const { sender } = await openTestPhone(bot);
  await handleUntilTaken(bot, textUpdate(sender, "/start"));
  await linkTestPerson(bot, sender, await createPerson());
  await handleUntilTaken(bot, textUpdate(sender, "/referral"));
  const { id } = await findTestPerson(bot, sender);
  const before = (await readMessages(id)).length;
  // A look at what Postgres has stored of invalidations, every ten seconds, is not a message's.
  await redis().set(keys.cacheTrustLease, 1, { ex: ttlSeconds.cacheTrustLease });
  const { statements, httpCalls } = await cost(() => handleUntilTaken(bot, textUpdate(sender, "/referral")));
  expect((await readMessages(id)).length).toBe(before + 1);
  expect({ statements, httpCalls }).toEqual({ statements: 4, httpCalls: expect.any(Number) });
  // Limits, the cached person and session, and entries whose second in memory is over.
  expect(httpCalls).toBeLessThanOrEqual(8);
  const stale = await cost(() =>
    handleUntilTaken(bot, pressUpdate(sender, "r:AAAAAAAAAAAAAAAAAAAAAA:aaaaaaaa:0")),
  );
  expect(stale.statements).toBeLessThanOrEqual(6);
});

it("a person who writes every half minute is read from Postgres once", async () => {
  const { sender } = await openTestPhone(bot);
  let time = Date.now();
  onTestFinished(setClock({ now: () => time }));
  await handleUntilTaken(bot, textUpdate(sender, "/start"));
  const countLoads = () => cacheManager.stats().namespaces.botProfiles?.load ?? 0;
  const before = countLoads();
  for (let message = 0; message < 3; message += 1) {
    time += 29_000;
    await handleUntilTaken(bot, textUpdate(sender, "/start"));
  }
  expect(countLoads()).toBe(before);
});
