import { POST as webhook } from "@/app/api/webhooks/telegram/[botId]/route";
import { addBot, createLinkCode } from "@/lib/bot";
import { createApi, webhookSecret } from "@/lib/bot/bots";
import type { Caller } from "@/lib/core/access-token";
import { waitForDeferredWork } from "@/lib/core/defer";
import { db } from "@/lib/db";
import { lanes } from "@/lib/tasks/define-queue";
import { type ApiResponse, call } from "@/tests/support/clients/call";
import { botIdOf, newToken, openPhone, type Phone } from "@/tests/support/servers/telegram";
import { createPerson } from "./people";
import { runTasks } from "./shop";

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

let lastUpdateId = Math.floor(Math.random() * 1_000_000_000);

export interface TestSender {
  id: number;
  name: string;
  language: string;
}

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

const fromOf = ({ id, name, language }: TestSender) => ({
  ...{ id, is_bot: false, first_name: name, language_code: language },
});

/** An update with a text, as Telegram sends it. */
export function textUpdate(sender: TestSender, text: string) {
  lastUpdateId += 1;
  return {
    update_id: lastUpdateId,
    message: {
      ...{ message_id: lastUpdateId, date: 1, from: fromOf(sender), text },
      chat: { id: sender.id, type: "private", first_name: sender.name },
    },
  };
}

/** An update with a pressed button. */
export function pressUpdate(sender: TestSender, data: string) {
  lastUpdateId += 1;
  const query = { id: String(lastUpdateId), from: fromOf(sender), chat_instance: "1", data };
  return { update_id: lastUpdateId, callback_query: query };
}

/** Delivers an update to the webhook, as Telegram does. The deferred work may still be running. */
export function deliverUpdate(
  { id }: Pick<TestBot, "id">,
  update: object,
  secret: string | null = webhookSecret(id),
): Promise<ApiResponse> {
  return call(webhook, {
    params: { botId: id },
    body: update,
    headers: secret === null ? {} : { "x-telegram-bot-api-secret-token": secret },
  });
}

/** Delivers an update and waits until what follows from it at once is done. */
export async function handleUpdate(bot: Pick<TestBot, "id">, update: object): Promise<ApiResponse> {
  const response = await deliverUpdate(bot, update);
  await waitForDeferredWork();
  return response;
}

/** Runs the tasks of a bot's executions until none is left that is due. */
export async function runBotTasks(bot: Pick<TestBot, "id">): Promise<void> {
  for (let round = 0; round < 20; round++) {
    const due = await db().task.findMany({
      where: {
        ...{ queue: "workflow-executions", state: { in: ["pending", "published"] } },
        ...{ notBefore: { lte: new Date(Date.now() + 5_000) } },
        payload: { path: ["projectId"], equals: bot.id },
      },
      select: { id: true },
      orderBy: { id: "asc" },
    });
    if (due.length === 0) return;
    const work = async () => {
      for (let next = due.shift(); next; next = due.shift())
        await runTasks([{ id: next.id, queue: "workflow-executions" }]);
    };
    // As many at once as QStash delivers in the lane.
    await Promise.all(Array.from({ length: lanes.people.parallelism }, work));
    await waitForDeferredWork();
  }
  throw new Error("tasks of the bot are not done after 20 rounds");
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
  await handleUpdate(bot, textUpdate(sender, `/start ${code}`));
  return person;
}
