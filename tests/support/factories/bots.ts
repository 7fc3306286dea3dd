import { addEntry } from "@/lib/bonuses";
import { addBot, createLinkCode, publishWorkflows } from "@/lib/bot";
import { createApi } from "@/lib/bot/bots";
import type { Caller } from "@/lib/core/access-token";
import { newId } from "@/lib/core/ids";
import { db, transaction } from "@/lib/db";
import type { DefinitionInput } from "@/lib/schemas/workflow";
import { botIdOf, newToken, openPhone, type Phone } from "@/tests/support/clients/telegram";
import { handleUntilTaken, type TestSender, textUpdate } from "./bot-updates";
import { createPerson } from "./people";

export interface TestBot {
  id: string;
  owner: Caller;
  /** In Telegram. */
  telegramId: number;
  token: string;
}

/** A bot with the ready workflows, at the Bot API of the environment. Its webhook is not set. */
export async function createTestBot(isAdministrators = true): Promise<TestBot> {
  const owner = await createPerson(isAdministrators ? "admin" : "artist");
  const token = newToken();
  const telegramId = botIdOf(token);
  const username = `test_${telegramId}_bot`;
  // A bot that has never called is unknown to the local Bot API, and no phone can open a chat with it.
  await createApi(token).getMe();
  const id = await addBot({ ownerId: owner.userId, name: "Test bot", token, username, isAdministrators });
  return { id, owner, telegramId, token };
}

/** Publishes workflows that begin at their first node, each with its key as its command. */
export async function publishTestWorkflows(
  botId: string,
  workflows: Readonly<Record<string, DefinitionInput["nodes"]>>,
): Promise<void> {
  const sources = Object.entries(workflows).map(([key, nodes]) => ({
    ...{ key, command: key, definition: testDefinition(nodes) },
  }));
  await publishWorkflows(botId, sources);
}

/** A definition that begins at its first node. */
export const testDefinition = (nodes: DefinitionInput["nodes"]): DefinitionInput => ({
  ...{ schema: 1, start: Object.keys(nodes)[0] ?? "", nodes },
});

let lastSenderId = Math.floor(Math.random() * 10 ** 9) + 10 ** 9;

/** A Telegram user who has no chat with the bot: what is sent to them fails. */
export function newSender(language = "en"): TestSender {
  lastSenderId += 1;
  return { id: lastSenderId, name: "Tess", language };
}

/** A Telegram user with a phone, in whose chat with the bot messages arrive. */
export async function openTestPhone(
  { telegramId }: Pick<TestBot, "telegramId">,
  language = "en",
): Promise<{ sender: TestSender; phone: Phone }> {
  const sender = newSender(language);
  const person = { id: sender.id, firstName: sender.name, languageCode: language };
  const phone = await openPhone(process.env.TELEGRAM_API_ROOT ?? "", telegramId, person);
  await phone.start();
  return { sender, phone };
}

/** The person that a Telegram user is in a bot. */
export function findTestPerson(bot: Pick<TestBot, "id">, sender: Pick<TestSender, "id">) {
  return db().botPerson.findUniqueOrThrow({
    where: { projectId_telegramId: { projectId: bot.id, telegramId: BigInt(sender.id) } },
  });
}

interface StoredMessage {
  state: string;
  text: string;
  /** Texts of the buttons with what they send. */
  buttons: { text: string; data: string }[];
}

/** The messages to a person, in their order. */
export async function readMessages(personId: string): Promise<StoredMessage[]> {
  const rows = await db().botMessage.findMany({
    where: { personId },
    orderBy: [{ revision: "asc" }, { part: "asc" }],
  });
  return rows.map(({ state, payload }) => {
    const {
      text,
      caption,
      reply_markup: markup,
    } = payload as {
      text?: string;
      caption?: string;
      reply_markup?: { inline_keyboard?: { text: string; callback_data?: string }[][] };
    };
    const buttons = (markup?.inline_keyboard ?? []).flat();
    return {
      ...{ state, text: text ?? caption ?? "" },
      buttons: buttons.map((button) => ({ text: button.text, data: button.callback_data ?? "" })),
    };
  });
}

/** Links a Telegram user with an account. */
export async function linkTestPerson(bot: Pick<TestBot, "id">, sender: TestSender, account: Caller) {
  const person = await findTestPerson(bot, sender);
  const { code } = await createLinkCode(account, bot.id);
  await handleUntilTaken(bot, textUpdate(sender, `/start ${code}`));
  return person;
}

/** A Telegram user with a phone who is linked with an account of their own. */
export async function openLinkedPhone(bot: TestBot, { language = "en", balanceMinor = 0 } = {}) {
  const { sender, phone } = await openTestPhone(bot, language);
  const account = await createPerson();
  await handleUntilTaken(bot, textUpdate(sender, "/start"));
  const { id: personId } = await linkTestPerson(bot, sender, account);
  const { userId } = account;
  if (balanceMinor > 0)
    await transaction((tx) =>
      addEntry(tx, { userId, kind: "granted", amount: balanceMinor, key: `granted:${newId()}` }),
    );
  return { sender, phone, account, personId };
}
