import type { Message, MessageEntity } from "grammy/types";
import { badRequest } from "../errors";
import { parseReplyMarkup, type ReplyMarkup } from "../keyboard";
import { type Change, type Chat, chatKey, messageKey, type StoredMessage } from "../state/model";
import type { FormattedText } from "../text/entity-builder";
import { parseFormattedText } from "../text/formatted-text";
import { IdDraft } from "../updates/draft-update";
import type { Call } from "./call";
import { asReplied, botMessageHead, type OpenChat, requireWritableChat } from "./chats";
import type { Params } from "./params";

/** UTF-16 units after the markup was parsed. */
const MAX_TEXT_LENGTH = 4_096;
const MAX_CAPTION_LENGTH = 1_024;

/** What a message shows. */
export type Content = Pick<Message, "text" | "entities" | "caption" | "caption_entities"> &
  Partial<Pick<Message, "photo" | "document" | "contact">>;

/** @throws {BotApiError} for an empty or a too long text, and for markup that cannot be parsed */
export function readText(params: Params): Content {
  if (!params.has("text")) throw badRequest("Message text is empty");
  const { text, entities } = formatted(params, "text", "entities");
  if (text === "") throw badRequest("Text must be non-empty");
  if (text.length > MAX_TEXT_LENGTH) throw badRequest("message is too long");
  return { text, ...(entities.length > 0 ? { entities } : {}) };
}

/** @throws {BotApiError} for a too long caption, and for markup that cannot be parsed */
export function readCaption(params: Params): Content {
  if (!params.has("caption")) return {};
  const { text, entities } = formatted(params, "caption", "caption_entities");
  if (text.length > MAX_CAPTION_LENGTH) throw badRequest("message caption is too long");
  if (text === "") return {};
  return { caption: text, ...(entities.length > 0 ? { caption_entities: entities } : {}) };
}

function formatted(params: Params, textName: string, entitiesName: string): FormattedText {
  const given = params.json(entitiesName, "entities");
  const entities = Array.isArray(given) ? (given as MessageEntity[]) : [];
  return parseFormattedText(params.text(textName), params.text("parse_mode"), entities);
}

/**
 * Sends a message of the bot: checks chat, reply and keyboard, then the limits, so that a refused call counts for none.
 * @param content  checked before the limits too
 */
export async function sendContent(call: Call, content: () => Content | Promise<Content>): Promise<Message> {
  const { context, bot, params } = call;
  requireWritableChat(call);
  const markup = parseReplyMarkup(params.text("reply_markup"));
  const shown = await content();
  // Read again after the wait: the user may have blocked the bot meanwhile.
  const open = requireWritableChat(call);
  const reply = readReply(call, open);
  context.rates.consume(bot.id, open.person.id);
  const ids = new IdDraft(context, bot.id);
  const message = {
    message_id: ids.messageId(),
    ...botMessageHead(call, open),
    ...shown,
    ...(reply ? { reply_to_message: asReplied(reply.message) } : {}),
    ...(markup && "inline_keyboard" in markup ? { reply_markup: markup } : {}),
  } as StoredMessage["message"];
  const chat = withKeyboard(open.chat, message.message_id, markup);
  context.store.commit([
    ...ids.changes,
    ...messageChanges(call, open.chat, message),
    ...(chat === open.chat
      ? []
      : [{ table: "chats" as const, id: chatKey(bot.id, open.person.id), value: chat }]),
  ]);
  context.feed.publish(bot.id, open.person.id, { kind: "message", message });
  if (chat !== open.chat) context.feed.publish(bot.id, open.person.id, { kind: "keyboard" });
  return message;
}

/** The message's row, and the deletion of the chat's oldest one when it has too many. */
export function messageChanges(
  { context }: Pick<Call, "context">,
  { botId, userId }: Chat,
  message: StoredMessage["message"],
): Change[] {
  const key = messageKey(botId, userId, message.message_id);
  const changes: Change[] = [{ table: "messages", id: key, value: { botId, userId, message } }];
  const messages = context.store.state.messagesOf(botId, userId);
  const [oldest] = messages.keys();
  if (messages.size >= context.limits.maxMessagesPerChat && oldest !== undefined)
    changes.push({ table: "messages", id: messageKey(botId, userId, oldest), value: null });
  return changes;
}

function withKeyboard(chat: Chat, messageId: number, markup: ReplyMarkup | null): Chat {
  if (!markup || "inline_keyboard" in markup) return chat;
  if ("remove_keyboard" in markup) return chat.keyboard ? { ...chat, keyboard: null } : chat;
  return { ...chat, keyboard: { messageId, markup } };
}

function readReply({ context, params }: Call, { chat }: OpenChat): StoredMessage | null {
  const given = params.json("reply_parameters", "reply parameters");
  if (given !== undefined && (typeof given !== "object" || given === null))
    throw badRequest("Object expected as reply parameters");
  const fields = (given ?? {}) as { message_id?: unknown; allow_sending_without_reply?: unknown };
  const messageId = Number(fields.message_id ?? params.integer("reply_to_message_id", 0));
  if (messageId === 0) return null;
  const row = context.store.state.messagesOf(chat.botId, chat.userId).get(messageId);
  const isOptional =
    fields.allow_sending_without_reply === true || params.flag("allow_sending_without_reply");
  if (!row && !isOptional) throw badRequest("message to be replied not found");
  return row ?? null;
}
