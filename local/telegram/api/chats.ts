import type { Chat as ApiChat, Message, User } from "grammy/types";
import type { TelegramContext } from "../context";
import { BotApiError, badRequest } from "../errors";
import { type Chat, chatKey, type Person, type StoredMessage } from "../state/model";
import { botAsUser } from "./bots";
import type { Call } from "./call";

export const personAsUser = ({ id, firstName, lastName, username, languageCode }: Person): User => ({
  id,
  is_bot: false,
  first_name: firstName,
  ...(lastName ? { last_name: lastName } : {}),
  ...(username ? { username } : {}),
  language_code: languageCode,
});

export const personAsChat = ({ id, firstName, lastName, username }: Person): ApiChat.PrivateChat => ({
  id,
  first_name: firstName,
  ...(lastName ? { last_name: lastName } : {}),
  ...(username ? { username } : {}),
  type: "private",
});

export interface OpenChat {
  chat: Chat;
  person: Person;
}

export function findChat({ store }: TelegramContext, botId: number, userId: number): Chat {
  const chat = store.state.tables.chats.get(chatKey(botId, userId));
  return chat ?? { botId, userId, started: false, blocked: false, keyboard: null };
}

/**
 * The chat of `chat_id`.
 * @throws {BotApiError} when there is none with this bot
 */
export function requireChat({ context, bot, params }: Call): OpenChat {
  const id = params.text("chat_id").trim();
  if (id === "") throw badRequest("chat_id is empty");
  const person = context.store.state.tables.people.get(id);
  if (!person) throw badRequest("chat not found");
  return { chat: findChat(context, bot.id, person.id), person };
}

/** @throws {BotApiError} 403 when the bot may not write there */
export function requireWritableChat(call: Call): OpenChat {
  const open = requireChat(call);
  if (!open.chat.started)
    throw new BotApiError(403, "Forbidden: bot can't initiate conversation with a user");
  if (open.chat.blocked) throw new BotApiError(403, "Forbidden: bot was blocked by the user");
  return open;
}

/**
 * @param what  in the error, such as "message to edit"
 * @throws {BotApiError} when there is no such message
 */
export function requireMessage(
  call: Call,
  { chat }: OpenChat,
  messageId: number,
  what: string,
): StoredMessage {
  const row = call.context.store.state.messagesOf(chat.botId, chat.userId).get(messageId);
  if (!row) throw badRequest(`${what} not found`);
  return row;
}

/** The fields that every message of the bot has. */
export function botMessageHead({ context, bot }: Call, { person }: OpenChat) {
  const date = Math.floor(context.clock.now() / 1000);
  return { from: botAsUser(bot), chat: personAsChat(person), date };
}

/** A message as a reply quotes it: without the message that it replied to itself. */
export function asReplied(message: Message): NonNullable<Message["reply_to_message"]> {
  const { reply_to_message: _, ...replied } = message;
  return replied as NonNullable<Message["reply_to_message"]>;
}
