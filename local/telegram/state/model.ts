import type {
  BotCommand,
  ForceReply,
  InlineKeyboardMarkup,
  Message,
  ReplyKeyboardMarkup,
  Update,
} from "grammy/types";

/** The stored rows. What the Bot API shows has grammY's types, so a row that lacks a field does not compile. */
export interface Bot {
  id: number;
  token: string;
  firstName: string;
  username: string;
  /** By language code; the default is under the empty string. */
  names: Record<string, string>;
  descriptions: Record<string, string>;
  shortDescriptions: Record<string, string>;
  /** By scope and language: `default:` or `chat/5:ru`. */
  commands: Record<string, BotCommand[]>;
  webhook: Webhook | null;
  /** null: every kind that Telegram sends by default. */
  allowedUpdates: string[] | null;
}

export interface Webhook {
  url: string;
  secretToken: string;
  maxConnections: number;
  /** Of the last failed attempt; `date` is in unix seconds. */
  lastError: { date: number; message: string } | null;
}

/** Apart from the bot, because they change with every message. */
export interface Counters {
  nextUpdateId: number;
  nextMessageId: number;
}

/** A user of Telegram: one phone. */
export interface Person {
  id: number;
  firstName: string;
  lastName?: string;
  username?: string;
  languageCode: string;
  phoneNumber: string;
}

/** A private chat; its id for the bot is the user's. */
export interface Chat {
  botId: number;
  userId: number;
  /** Whether the user has ever written: before that the bot may not. */
  started: boolean;
  blocked: boolean;
  /** The keyboard under the input field, or the request to reply. */
  keyboard: { messageId: number; markup: ReplyKeyboardMarkup | ForceReply } | null;
}

export interface StoredMessage {
  botId: number;
  userId: number;
  message: Message & { reply_markup?: InlineKeyboardMarkup };
}

/** An update that the bot has not confirmed. */
interface PendingUpdate {
  botId: number;
  update: Update;
  /** Updates of one sequence are delivered one after another. */
  sequence: string;
  /** Unix ms. */
  at: number;
  expiresAt: number;
}

export interface Callback {
  id: string;
  botId: number;
  userId: number;
  messageId: number;
  /** Unix ms. */
  at: number;
  answer: CallbackAnswer | null;
}

export interface CallbackAnswer {
  text: string;
  showAlert: boolean;
  url: string;
}

/** A file's description; its bytes are in the file store. */
export interface StoredFile {
  fileId: string;
  uniqueId: string;
  /** As `getFile` shows it, such as `photos/file_3.jpg`. */
  path: string;
  name: string;
  mimeType: string;
  size: number;
  /** Of pictures, in pixels. */
  width?: number;
  height?: number;
}

export interface Tables {
  bots: Bot;
  counters: Counters;
  people: Person;
  chats: Chat;
  messages: StoredMessage;
  updates: PendingUpdate;
  callbacks: Callback;
  files: StoredFile;
}

export type TableName = keyof Tables;

/** An upsert of a row or, with `null`, its deletion. */
export type Change = {
  [Name in TableName]: { table: Name; id: string; value: Tables[Name] | null };
}[TableName];

export const chatKey = (botId: number, userId: number): string => `${botId}:${userId}`;
export const messageKey = (botId: number, userId: number, messageId: number): string =>
  `${botId}:${userId}:${messageId}`;
export const updateKey = (botId: number, updateId: number): string => `${botId}:${updateId}`;
