import type {
  ForceReply,
  InlineKeyboardButton,
  InlineKeyboardMarkup,
  KeyboardButton,
  ReplyKeyboardMarkup,
  ReplyKeyboardRemove,
} from "grammy/types";
import { badRequest } from "./errors";
import { checkedUrl } from "./text/entity-builder";

export type ReplyMarkup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | ForceReply;

type Fields = Record<string, unknown>;

const MAX_CALLBACK_DATA_BYTES = 64;
const MAX_BUTTONS = 300;
/** Kinds of inline buttons that exist but that this server does not act on. */
const OTHER_INLINE_KINDS = [
  "web_app",
  "login_url",
  "switch_inline_query",
  "switch_inline_query_current_chat",
  "switch_inline_query_chosen_chat",
  "copy_text",
  "callback_game",
  "pay",
];

/**
 * Checks `reply_markup`.
 * @returns null for none, which an empty object also is
 * @throws {BotApiError} with Telegram's text
 */
export function parseReplyMarkup(text: string): ReplyMarkup | null {
  if (text === "") return null;
  const fields = parseObject(text);
  const rows = matrix(fields.keyboard, 'Field "keyboard" must be an Array of Arrays');
  if (rows.length > 0) return replyKeyboard(fields, rows);
  const inlineRows = matrix(
    fields.inline_keyboard,
    'Field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
  );
  if (inlineRows.length > 0) {
    checkCount(inlineRows);
    return { inline_keyboard: inlineRows.map((row) => row.map(inlineButton)) };
  }
  if (fields.remove_keyboard === true) return { remove_keyboard: true };
  if (fields.force_reply === true) return { force_reply: true, ...placeholder(fields) };
  return null;
}

function parseObject(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw badRequest("Can't parse reply keyboard markup JSON object");
  }
  if (!isObject(value)) throw badRequest("Object expected as reply markup");
  return value;
}

/** Rows without empty ones. */
function matrix(value: unknown, error: string): unknown[][] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || !value.every(Array.isArray)) throw badRequest(error);
  return value.filter((row) => row.length > 0);
}

function checkCount(rows: unknown[][]): void {
  if (rows.flat().length > MAX_BUTTONS) throw badRequest("Reply markup is too long");
}

function inlineButton(value: unknown): InlineKeyboardButton {
  const cannotParse = (reason: string) => badRequest(`Can't parse inline keyboard button: ${reason}`);
  if (!isObject(value)) throw cannotParse("InlineKeyboardButton must be an Object");
  const text = requiredText(value, cannotParse);
  if (text.trim() === "") throw badRequest("Inline keyboard button text must be non-empty");
  const { url, callback_data: data } = value;
  if (typeof url === "string" && url !== "") {
    const checked = checkedUrl(url);
    if (checked === null) throw badRequest(`Inline keyboard button URL '${url}' is invalid: Wrong HTTP URL`);
    return { text, url: checked };
  }
  if (data !== undefined && data !== "") {
    if (typeof data !== "string") throw cannotParse('Field "callback_data" must be of type String');
    if (Buffer.byteLength(data) > MAX_CALLBACK_DATA_BYTES) throw badRequest("BUTTON_DATA_INVALID");
    return { text, callback_data: data };
  }
  if (OTHER_INLINE_KINDS.some((kind) => value[kind] !== undefined))
    return value as unknown as InlineKeyboardButton;
  throw cannotParse("Text buttons are unallowed in the inline keyboard");
}

function replyKeyboard(fields: Fields, rows: unknown[][]): ReplyKeyboardMarkup {
  checkCount(rows);
  const flags = ["is_persistent", "resize_keyboard", "one_time_keyboard", "selective"].filter(
    (name) => fields[name] === true,
  );
  return {
    keyboard: rows.map((row) => row.map(keyboardButton)),
    ...Object.fromEntries(flags.map((name) => [name, true])),
    ...placeholder(fields),
  };
}

function keyboardButton(value: unknown): KeyboardButton {
  const cannotParse = (reason: string) => badRequest(`Can't parse keyboard button: ${reason}`);
  if (typeof value !== "string" && !isObject(value))
    throw cannotParse("KeyboardButton must be a String or an Object");
  const text = typeof value === "string" ? value : requiredText(value, cannotParse);
  if (text.trim() === "") throw badRequest("Keyboard button text must be non-empty");
  return typeof value === "string" ? { text } : ({ ...value, text } as KeyboardButton);
}

function requiredText(fields: Fields, cannotParse: (reason: string) => Error): string {
  const { text } = fields;
  if (text === undefined) throw cannotParse('Can\'t find field "text"');
  if (typeof text !== "string") throw cannotParse('Field "text" must be of type String');
  return text;
}

function placeholder({ input_field_placeholder: text }: Fields): { input_field_placeholder?: string } {
  return typeof text === "string" && text !== "" ? { input_field_placeholder: text.slice(0, 64) } : {};
}

const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
