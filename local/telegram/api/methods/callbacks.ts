import { badRequest } from "../../errors";
import type { Call, Method } from "../call";

const MAX_ANSWER_LENGTH = 200;

/** Answers the press of a button, once. */
function answerCallbackQuery({ context, bot, params }: Call): true {
  const callback = context.store.state.tables.callbacks.get(params.text("callback_query_id"));
  const isAlive =
    callback?.botId === bot.id &&
    callback.answer === null &&
    callback.at > context.clock.now() - context.limits.callbackTtlMs;
  if (!callback || !isAlive)
    throw badRequest("query is too old and response timeout expired or query ID is invalid");
  const text = params.text("text");
  if (text.length > MAX_ANSWER_LENGTH) throw badRequest("MESSAGE_TOO_LONG");
  const answer = { text, showAlert: params.flag("show_alert"), url: params.text("url") };
  context.store.commit([{ table: "callbacks", id: callback.id, value: { ...callback, answer } }]);
  context.feed.publish(bot.id, callback.userId, { kind: "answer", callbackId: callback.id, answer });
  return true;
}

export const callbackMethods: Record<string, Method> = { answerCallbackQuery };
