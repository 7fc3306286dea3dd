import { randomInt } from "node:crypto";
import type { InlineKeyboardButton, Message, Update } from "grammy/types";
import { botAsUser } from "../api/bots";
import { asReplied, findChat, personAsChat, personAsUser } from "../api/chats";
import { asDocument, asPhotoSizes, storeFile } from "../api/input-file";
import type { UploadedFile } from "../api/multipart";
import { messageChanges } from "../api/send-message";
import type { TelegramContext } from "../context";
import { type Bot, type Change, type Chat, chatKey, type Person, type StoredMessage } from "../state/model";
import { findEntities } from "../text/find-entities";
import { announceUpdate, draftUpdate, IdDraft, type UpdateBody } from "../updates/draft-update";

/** An action that the phone refuses, such as the press of a button that does not exist. */
export class PhoneError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = "PhoneError";
  }
}

const MAX_TEXT_LENGTH = 4_096;
/** What Telegram allows after `?start=`. */
const START_PAYLOAD = /^[A-Za-z0-9_-]{0,64}$/;

/** The content of a message that a user sends. */
type Sent = Partial<Pick<Message, "text" | "entities" | "photo" | "document" | "contact" | "caption">>;

interface SentMessage {
  message: Message;
  /** Null when the bot does not want such updates. */
  updateId: number | null;
}

/** What one user does with one bot. */
export class PhoneActions {
  constructor(
    private readonly context: TelegramContext,
    private readonly bot: Bot,
    private readonly person: Person,
  ) {}

  get chat(): Chat {
    return findChat(this.context, this.bot.id, this.person.id);
  }

  /** Opens the chat by `https://t.me/<bot>?start=<payload>`. It unblocks the bot too, as the button *Restart* does. */
  start(payload = ""): SentMessage {
    if (!START_PAYLOAD.test(payload)) throw new PhoneError(400, "a payload is at most 64 of A-Z a-z 0-9 _ -");
    if (this.chat.blocked) this.setBlocked(false);
    const text = payload === "" ? "/start" : `/start ${payload}`;
    return this.send({ text, entities: [{ type: "bot_command", offset: 0, length: 6 }] });
  }

  /** @param replyTo  id of the message that it replies to */
  say(text: string, replyTo?: number): SentMessage {
    const trimmed = text.trim();
    if (trimmed === "" || trimmed.length > MAX_TEXT_LENGTH)
      throw new PhoneError(400, `a text has 1 to ${MAX_TEXT_LENGTH} characters`);
    const entities = findEntities(trimmed);
    return this.send({ text: trimmed, ...(entities.length > 0 ? { entities } : {}) }, replyTo);
  }

  /** @param contact  by default the user's own, as the button *Share phone number* sends it */
  sendContact(contact?: Message["contact"]): SentMessage {
    const { id, firstName, lastName, phoneNumber } = this.person;
    const own = {
      phone_number: phoneNumber,
      first_name: firstName,
      ...(lastName ? { last_name: lastName } : {}),
      user_id: id,
    };
    const { keyboard } = this.chat;
    return this.send({ contact: contact ?? own }, contact ? undefined : keyboard?.messageId);
  }

  async sendFile(kind: "photo" | "document", file: UploadedFile, caption = ""): Promise<SentMessage> {
    const stored = await storeFile(this.context, kind, file);
    const content: Sent =
      kind === "photo" ? { photo: asPhotoSizes(stored) } : { document: asDocument(stored) };
    return this.send(caption === "" ? content : { ...content, caption });
  }

  /**
   * Presses an inline button; each press is a callback query of its own.
   * @param callbackData  of a button of the message, as it is now or was: a phone may press before it sees an edit
   */
  press(messageId: number, callbackData: string): { callbackId: string; updateId: number | null } {
    const { store, clock } = this.context;
    const row = store.state.messagesOf(this.bot.id, this.person.id).get(messageId);
    if (!row) throw new PhoneError(404, "there is no such message");
    if (this.chat.blocked) throw new PhoneError(409, "the bot is blocked");
    const id = String(randomInt(2 ** 47)) + String(randomInt(1_000)).padStart(3, "0");
    const value = {
      id,
      botId: this.bot.id,
      userId: this.person.id,
      messageId,
      at: clock.now(),
      answer: null,
    };
    const update = this.commit(
      [...this.expiredCallbacks(), { table: "callbacks", id, value }],
      // Telegram delivers presses of buttons in a sequence of their own.
      `buttons:${this.person.id}`,
      {
        callback_query: {
          id,
          from: personAsUser(this.person),
          message: row.message,
          chat_instance: String(this.bot.id * 31 + this.person.id),
          data: callbackData,
        },
      },
    );
    return { callbackId: id, updateId: update?.update_id ?? null };
  }

  /** Finds a button of a message by its text, or by its position. @throws {PhoneError} 404 */
  findButton(
    messageId: number,
    wanted: { text?: string; row?: number; column?: number },
  ): InlineKeyboardButton {
    const row = this.context.store.state.messagesOf(this.bot.id, this.person.id).get(messageId);
    const buttons = row?.message.reply_markup?.inline_keyboard ?? [];
    const found =
      wanted.text === undefined
        ? buttons[wanted.row ?? 0]?.[wanted.column ?? 0]
        : buttons.flat().find(({ text }) => text === wanted.text);
    if (!found) throw new PhoneError(404, "the message has no such button");
    return found;
  }

  /** Blocks or unblocks the bot. */
  setBlocked(blocked: boolean): void {
    const { chat, context, bot, person } = this;
    if (chat.blocked === blocked) return;
    const status = (isBlocked: boolean) =>
      isBlocked
        ? { user: botAsUser(bot), status: "kicked" as const, until_date: 0 }
        : { user: botAsUser(bot), status: "member" as const };
    const date = this.now();
    this.commit(
      [{ table: "chats", id: chatKey(bot.id, person.id), value: { ...chat, started: true, blocked } }],
      `member:${person.id}`,
      {
        my_chat_member: {
          chat: personAsChat(person),
          from: personAsUser(person),
          date,
          old_chat_member: status(!blocked),
          new_chat_member: status(blocked),
        },
      },
    );
    context.feed.publish(bot.id, person.id, { kind: "chat" });
  }

  /** Deletes the chat with its messages on the phone. The bot gets no update, and may not write first. */
  clear(): void {
    const { bot, person, context } = this;
    const messages = context.store.state.messagesOf(bot.id, person.id);
    const changes: Change[] = [...messages.keys()].map((id) => ({
      table: "messages",
      id: `${chatKey(bot.id, person.id)}:${id}`,
      value: null,
    }));
    context.store.commit([...changes, { table: "chats", id: chatKey(bot.id, person.id), value: null }]);
    context.feed.publish(bot.id, person.id, { kind: "chat" });
  }

  private send(content: Sent, replyTo?: number): SentMessage {
    const { context, bot, person, chat } = this;
    if (chat.blocked) throw new PhoneError(409, "the bot is blocked; start it again first");
    const replied =
      replyTo === undefined ? undefined : context.store.state.messagesOf(bot.id, person.id).get(replyTo);
    const ids = new IdDraft(context, bot.id);
    const message = {
      message_id: ids.messageId(),
      from: personAsUser(person),
      chat: personAsChat(person),
      date: this.now(),
      ...(replied ? { reply_to_message: asReplied(replied.message) } : {}),
      ...content,
    } as StoredMessage["message"];
    const isOneTime =
      chat.keyboard && ("force_reply" in chat.keyboard.markup || chat.keyboard.markup.one_time_keyboard);
    const nextChat = { ...chat, started: true, keyboard: isOneTime ? null : chat.keyboard };
    const changes: Change[] = [
      { table: "chats", id: chatKey(bot.id, person.id), value: nextChat },
      ...messageChanges({ context }, chat, message),
    ];
    const update = this.commit(changes, `messages:${person.id}`, { message } as UpdateBody, ids);
    context.feed.publish(bot.id, person.id, { kind: "message", message });
    return { message, updateId: update?.update_id ?? null };
  }

  /** Commits changes with the update that reports them. */
  private commit(
    changes: Change[],
    sequence: string,
    body: UpdateBody,
    ids = new IdDraft(this.context, this.bot.id),
  ): Update | null {
    const { context } = this;
    // Read again, because a webhook may have been set since.
    const bot = context.store.state.tables.bots.get(String(this.bot.id)) ?? this.bot;
    const draft = draftUpdate(context, bot, ids, sequence, body);
    context.store.commit([...changes, ...(draft?.changes ?? []), ...ids.changes]);
    if (draft) announceUpdate(context, bot, draft.update);
    return draft?.update ?? null;
  }

  private expiredCallbacks(): Change[] {
    const { store, clock, limits } = this.context;
    const changes: Change[] = [];
    for (const { id, at } of store.state.tables.callbacks.values()) {
      if (at > clock.now() - 2 * limits.callbackTtlMs) break; // oldest first
      changes.push({ table: "callbacks", id, value: null });
    }
    return changes;
  }

  private now(): number {
    return Math.floor(this.context.clock.now() / 1000);
  }
}
