import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addEntry } from "@/lib/bonuses";
import type { Caller } from "@/lib/core/access-token";
import { newId } from "@/lib/core/ids";
import { db, transaction } from "@/lib/db";
import {
  handleUntilTaken,
  pressUpdate,
  runBotTasks,
  type TestSender,
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

let bot: TestBot;
beforeAll(async () => {
  bot = await createTestBot();
});

async function grant(account: Caller, amount: number): Promise<void> {
  await transaction((tx) =>
    addEntry(tx, { userId: account.userId, kind: "granted", amount, key: `granted:${newId()}` }),
  );
}

async function lastMessage(sender: TestSender) {
  const person = await findTestPerson(bot, sender);
  const message = (await readMessages(person.id)).at(-1);
  if (!message) throw new Error("the bot sent nothing");
  return message;
}

describe("a conversation with the bot", () => {
  it("greets a stranger in the language of their Telegram", async () => {
    for (const [language, expected] of [
      ["en", "This is the bot of NormalDance"],
      ["ru", "Это бот NormalDance"],
      ["de", "This is the bot of NormalDance"],
    ] as const) {
      const { sender } = await openTestPhone(bot, language);
      await handleUntilTaken(bot, textUpdate(sender, "/start"));
      expect(await lastMessage(sender)).toMatchObject({
        state: "sent",
        text: expect.stringContaining(expected),
      });
    }
  });

  it("spends bonuses of the linked account once, and shows the new balance at once", async () => {
    const { sender } = await openTestPhone(bot);
    const account = await createPerson();
    await handleUntilTaken(bot, textUpdate(sender, "/start"));
    await linkTestPerson(bot, sender, account);
    expect((await lastMessage(sender)).text).toContain("linked");
    await grant(account, 1_000);
    await handleUntilTaken(bot, textUpdate(sender, "/start"));
    expect((await lastMessage(sender)).text).toContain("Bonuses: <b>10</b>");
    await handleUntilTaken(bot, textUpdate(sender, "/spend"));
    await handleUntilTaken(bot, textUpdate(sender, "many"));
    expect((await lastMessage(sender)).text).toContain("above zero");
    await handleUntilTaken(bot, textUpdate(sender, "2,5"));
    const confirm = await lastMessage(sender);
    const [yes] = confirm.buttons;
    expect(confirm.text).toBe("Spend <b>2.5</b> bonuses?");
    await handleUntilTaken(bot, pressUpdate(sender, yes?.data ?? ""));
    expect((await lastMessage(sender)).text).toContain("Working on it");
    await runBotTasks(bot);
    expect((await lastMessage(sender)).text).toContain("Left: <b>7.5</b>");
    // The old button explains itself and spends nothing.
    await handleUntilTaken(bot, pressUpdate(sender, yes?.data ?? ""));
    await runBotTasks(bot);
    await handleUntilTaken(bot, textUpdate(sender, "/start"));
    expect((await lastMessage(sender)).text).toContain("Bonuses: <b>7.5</b>");
    const entries = await db().bonusEntry.findMany({
      where: { userId: account.userId },
      orderBy: { seq: "asc" },
    });
    expect(entries.map(({ amount }) => amount)).toEqual([1_000, -250]);
  });
});

afterAll(async () => {
  await db().botProject.delete({ where: { id: bot.id } });
});
