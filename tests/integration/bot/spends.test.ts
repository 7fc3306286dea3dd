import { afterAll, beforeAll, expect, it } from "vitest";
import { addEntry, debitBonuses } from "@/lib/bonuses";
import { newId } from "@/lib/core/ids";
import { db, transaction } from "@/lib/db";
import {
  handleUntilTaken,
  pressUpdate,
  runBotTasks,
  textUpdate,
} from "@/tests/support/factories/bot-updates";
import {
  createTestBot,
  linkTestPerson,
  openTestPhone,
  readMessages,
  type TestBot,
} from "@/tests/support/factories/bots";
import { createPerson } from "@/tests/support/factories/people";

let bot: TestBot;
beforeAll(async () => {
  bot = await createTestBot();
});
afterAll(async () => {
  await db().botProject.delete({ where: { id: bot.id } });
});

it("a small spend on the site, whatever its key, does not pay for a large one in the bot", async () => {
  const { sender } = await openTestPhone(bot);
  const account = await createPerson();
  const { userId } = account;
  await handleUntilTaken(bot, textUpdate(sender, "/start"));
  const { id: personId } = await linkTestPerson(bot, sender, account);
  await transaction((tx) =>
    addEntry(tx, { userId, kind: "granted", amount: 1_000, key: `granted:${newId()}` }),
  );
  await handleUntilTaken(bot, textUpdate(sender, "/spend"));
  await handleUntilTaken(bot, textUpdate(sender, "5"));
  const [yes] = (await readMessages(personId)).at(-1)?.buttons ?? [];
  await handleUntilTaken(bot, pressUpdate(sender, yes?.data ?? ""));
  const { id, stepNo } = await db().botExecution.findFirstOrThrow({ where: { personId, state: "running" } });
  await debitBonuses(userId, 1, { key: `bot:${id}:${stepNo}` });
  await runBotTasks(bot);
  const entries = await db().bonusEntry.findMany({ where: { userId }, orderBy: { seq: "asc" } });
  expect(entries.map(({ amount }) => amount)).toEqual([1_000, -1, -500]);
});
