import { POST as webhook } from "@/app/api/webhooks/telegram/[botId]/route";
import { webhookSecret } from "@/lib/bot/bots";
import { waitForDeferredWork } from "@/lib/core/defer";
import { db } from "@/lib/db";
import { lanes } from "@/lib/tasks/define-queue";
import { type ApiResponse, call } from "@/tests/support/clients/call";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { runTasks } from "./shop";

/** Updates of Telegram, without a Telegram: processes of the fault tests use them too. */

interface UpdatedBot {
  id: string;
}

let lastUpdateId = Math.floor(Math.random() * 1_000_000_000);

export interface TestSender {
  id: number;
  name: string;
  language: string;
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
  { id }: UpdatedBot,
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
export async function handleUpdate(bot: UpdatedBot, update: object): Promise<ApiResponse> {
  const response = await deliverUpdate(bot, update);
  await waitForDeferredWork();
  return response;
}

/** As {@link handleUpdate}, and repeats it as Telegram does until it is taken. @returns the last answer */
export async function handleUntilTaken(bot: UpdatedBot, update: object): Promise<ApiResponse> {
  let response: ApiResponse | undefined;
  await waitUntil("the webhook takes the update", async () => {
    response = await handleUpdate(bot, update);
    return response.status === 200;
  });
  if (!response) throw new Error("the update was not delivered");
  return response;
}

/** Runs the tasks of a bot's executions until none is left that is due. */
export async function runBotTasks(bot: UpdatedBot): Promise<void> {
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
