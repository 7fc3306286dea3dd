import { type Api, GrammyError, HttpError } from "grammy";
import { switchTelegramNotifications } from "../accounts";
import type { CachedBot } from "../cache";
import { now } from "../core/clock";
import { failpoint } from "../core/failpoint";
import { log } from "../core/log";
import { transaction } from "../db";
import { enqueue } from "../tasks";
import { botApi } from "./bots";
import { type NextMessage, recordAndTakeNext, type Sending, type SendOutcome, takeOver } from "./outbox";

/** A message that was refused for so long is given up. */
const MAX_AGE_SECONDS = 86_400;
/** After an outage a chat is silent for so long at most; only Telegram may ask for a longer wait. */
const MAX_BACKOFF_SECONDS = 60;

/** Errors of a connection that was never made: Telegram has nothing. */
const UNREACHED = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]);

/**
 * Sends a chat's messages in order until none is left. A refused one is tried again after the wait that Telegram asks
 * for, by a task. Never throws: what is left is taken over by the sweep.
 *
 * @param first  marked as being sent already; null to take the next one
 */
export async function sendMessages(
  bot: CachedBot,
  sending: Sending,
  first: NextMessage | null,
): Promise<void> {
  try {
    let message = first ?? (await recordAndTakeNext(sending, null));
    while (message) {
      const outcome = await callTelegram(bot, sending.personId, message);
      await failpoint("bot.message.sent");
      const { id } = message;
      message = await recordAndTakeNext(sending, { id, outcome });
      if (outcome.state === "pending") await enqueueDelivery(bot.id, sending.personId, id, outcome);
    }
  } catch (error) {
    log().warn({ err: error, personId: sending.personId }, "bot messages not sent: the sweep takes over");
  }
}

/** Sends what a dead process or a wait has left in a chat. */
export async function takeOverChat(bot: CachedBot, personId: string): Promise<void> {
  const sending = await takeOver(personId);
  if (sending) await sendMessages(bot, sending, null);
}

async function callTelegram(
  bot: CachedBot,
  personId: string,
  { id, method, payload, ...tried }: NextMessage,
): Promise<SendOutcome> {
  let api: Api;
  try {
    api = botApi(bot);
  } catch (error) {
    // It may be added again; nothing was called.
    log().error({ err: error, projectId: bot.id }, "token of a bot cannot be decrypted");
    return retry(tried, "no token", undefined);
  }
  try {
    const { message_id } = await callMethod(api, method, payload);
    return { state: "sent", telegramMessageId: message_id };
  } catch (error) {
    const outcome = classify(error, tried);
    const level = outcome.state === "pending" ? "info" : "warn";
    log()[level]({ messageId: id, state: outcome.state, reason: outcome.error }, "bot message not sent");
    if (error instanceof GrammyError && error.error_code === 403) await markBlocked(personId);
    return outcome;
  }
}

/** The stored payload is what node-message.ts made for the method. */
function callMethod(
  api: Api,
  method: string,
  payload: Record<string, unknown>,
): Promise<{ message_id: number }> {
  return method === "sendPhoto"
    ? api.raw.sendPhoto(payload as Parameters<typeof api.raw.sendPhoto>[0])
    : api.raw.sendMessage(payload as Parameters<typeof api.raw.sendMessage>[0]);
}

type Refusal = Exclude<SendOutcome, { state: "sent" }>;

/** What an error says of a message. Only an answer of Telegram, or no connection, proves that it was not sent. */
function classify(error: unknown, tried: Tried): Refusal {
  if (error instanceof GrammyError) {
    const { error_code: code, description, parameters } = error;
    const isTemporary = code === 429 || code >= 500 || code === 401;
    if (!isTemporary) return { state: "failed", error: `${code} ${description}` };
    return retry(tried, `${code} ${description}`, parameters.retry_after);
  }
  const cause = error instanceof HttpError ? error.error : error;
  const code = typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "";
  if (UNREACHED.has(code)) return retry(tried, code, undefined);
  return { state: "unknown", error: code || (error instanceof Error ? error.name : "no answer") };
}

type Tried = Pick<NextMessage, "attempts" | "ageSeconds">;

function retry(
  { attempts, ageSeconds }: Tried,
  error: string,
  retryAfterSeconds: number | undefined,
): Refusal {
  if (ageSeconds > MAX_AGE_SECONDS) return { state: "failed", error: `given up: ${error}` };
  const backoffSeconds = Math.min(2 ** attempts, MAX_BACKOFF_SECONDS);
  return { state: "pending", retryAfterSeconds: retryAfterSeconds ?? backoffSeconds, error };
}

/** Notifications end until the person wants them again. */
async function markBlocked(personId: string): Promise<void> {
  await transaction(async (tx) => {
    await tx.botPerson.updateMany({ where: { id: personId }, data: { blockedAt: new Date(now()) } });
    await switchTelegramNotifications(tx, { personIds: [personId] }, false);
  });
}

async function enqueueDelivery(
  projectId: string,
  sessionId: string,
  messageId: string,
  { retryAfterSeconds }: Extract<SendOutcome, { state: "pending" }>,
): Promise<void> {
  await transaction((tx) =>
    enqueue(
      tx,
      "workflow-executions",
      { do: "deliver", projectId, sessionId },
      // A second more: the wait must be over when the task runs.
      { key: `deliver:${messageId}:${Date.now()}`, delaySeconds: retryAfterSeconds + 1 },
    ),
  );
}
