import { isDeepStrictEqual } from "node:util";
import type { Message } from "grammy/types";
import { badRequest } from "../../errors";
import { parseReplyMarkup } from "../../keyboard";
import { messageKey, type StoredMessage } from "../../state/model";
import type { Call, Method } from "../call";
import { type OpenChat, requireChat, requireMessage } from "../chats";
import { type Content, readCaption, readText } from "../send-message";

const MAX_IDS = 100;

const editMessageText: Method = (call) =>
  edit(call, (message) => {
    const content = readText(call.params);
    if (message.text === undefined) throw badRequest("there is no text in the message to edit");
    return { text: content.text, entities: content.entities };
  });

const editMessageCaption: Method = (call) =>
  edit(call, (message) => {
    const content = readCaption(call.params);
    if (!message.photo && !message.document) throw badRequest("there is no caption in the message to edit");
    return { caption: content.caption, caption_entities: content.caption_entities };
  });

const editMessageReplyMarkup: Method = (call) => edit(call, () => ({}));

/**
 * Changes a message of the bot. Without `reply_markup` its keyboard goes, as on Telegram.
 * @throws {BotApiError} also when nothing would change
 */
function edit(call: Call, change: (message: Message) => Content): Message {
  const { context, bot, params } = call;
  const open = requireChat(call);
  const row = requireMessage(call, open, params.integer("message_id", 0), "message to edit");
  if (row.message.from?.id !== bot.id) throw badRequest("message can't be edited");
  const content = change(row.message);
  const markup = parseReplyMarkup(params.text("reply_markup"));
  if (markup && !("inline_keyboard" in markup)) throw badRequest("inline keyboard expected");
  const next = withoutUndefined({ ...row.message, ...content, reply_markup: markup ?? undefined });
  if (isDeepStrictEqual(next, row.message))
    throw badRequest(
      "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
    );
  context.rates.consume(bot.id, null);
  const message = { ...next, edit_date: Math.floor(context.clock.now() / 1000) };
  const id = messageKey(bot.id, open.person.id, message.message_id);
  context.store.commit([{ table: "messages", id, value: { ...row, message } }]);
  context.feed.publish(bot.id, open.person.id, { kind: "edit", message });
  return message;
}

const withoutUndefined = (message: StoredMessage["message"]): StoredMessage["message"] =>
  Object.fromEntries(
    Object.entries(message).filter(([, value]) => value !== undefined),
  ) as StoredMessage["message"];

function deleteMessage(call: Call): true {
  const open = requireChat(call);
  const row = requireMessage(call, open, call.params.integer("message_id", 0), "message to delete");
  if (!isDeletable(call, row)) throw badRequest("message can't be deleted for everyone");
  remove(call, open, [row]);
  return true;
}

/** Skips messages that do not exist or are too old, as Telegram does. */
function deleteMessages(call: Call): true {
  const open = requireChat(call);
  const ids = call.params.json("message_ids", "message identifiers");
  if (ids === undefined) throw badRequest("Message identifiers are not specified");
  if (!Array.isArray(ids)) throw badRequest("Expected an Array of message identifiers");
  if (ids.length > MAX_IDS) throw badRequest("Too many message identifiers specified");
  const messages = call.context.store.state.messagesOf(open.chat.botId, open.chat.userId);
  const rows = ids.flatMap((id) => messages.get(Number(id)) ?? []).filter((row) => isDeletable(call, row));
  remove(call, open, rows);
  return true;
}

const isDeletable = ({ context }: Call, { message }: StoredMessage): boolean =>
  message.date * 1000 > context.clock.now() - context.limits.deletableMs;

function remove({ context, bot }: Call, { chat, person }: OpenChat, rows: StoredMessage[]): void {
  const ids = rows.map(({ message }) => message.message_id);
  context.store.commit(
    ids.map((id) => ({ table: "messages", id: messageKey(chat.botId, chat.userId, id), value: null })),
  );
  for (const messageId of ids) context.feed.publish(bot.id, person.id, { kind: "delete", messageId });
}

export const editMethods: Record<string, Method> = {
  editMessageText,
  editMessageCaption,
  editMessageReplyMarkup,
  deleteMessage,
  deleteMessages,
};
