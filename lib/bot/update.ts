import { z } from "zod";
import type { Locale } from "../core/locale";
import { toOneLine } from "../core/text";
import { MAX_MESSAGE_LENGTH } from "../schemas/telegram-text";
import type { TelegramUser } from "./people";

const userSchema = z.object({
  id: z.int().positive(),
  is_bot: z.boolean().optional(),
  first_name: z.string().default(""),
  language_code: z.string().optional(),
});

const chatSchema = z.object({ id: z.int(), type: z.string() });

/** What the app reads of an update; kinds that it does not handle have neither field. */
export const updateSchema = z.object({
  update_id: z.int().nonnegative(),
  message: z
    .object({
      from: userSchema.optional(),
      chat: chatSchema,
      text: z.string().optional(),
      contact: z.object({ phone_number: z.string().max(40), user_id: z.int().optional() }).optional(),
    })
    .optional()
    .catch(undefined),
  callback_query: z
    .object({ id: z.string(), from: userSchema, data: z.string().optional() })
    .optional()
    .catch(undefined),
});

/** An update that a person in a private chat caused. */
export type PersonUpdate = { updateId: string; user: TelegramUser } & (
  | { kind: "press"; queryId: string; data: string }
  | { kind: "command"; command: string; argument: string }
  | { kind: "message"; text: string | null; phone: string | null }
);

const COMMAND_PATTERN = /^\/([a-z][a-z0-9_]{0,31})(?:@\w+)?(?:\s+([\s\S]*))?$/i;

/** Null for an update that nothing follows from: of a group, a channel, another bot, or of a kind not handled. */
export function toPersonUpdate(update: z.output<typeof updateSchema>): PersonUpdate | null {
  const { message, callback_query: query } = update;
  const updateId = String(update.update_id);
  if (query) {
    const user = toUser(query.from);
    return { updateId, user, kind: "press", queryId: query.id, data: query.data ?? "" };
  }
  if (!message?.from || message.from.is_bot || message.chat.type !== "private") return null;
  const user = toUser(message.from);
  const text = message.text === undefined ? null : toStorable(message.text, MAX_MESSAGE_LENGTH);
  const [, command, argument = ""] = COMMAND_PATTERN.exec(text ?? "") ?? [];
  if (command !== undefined)
    return { updateId, user, kind: "command", command: command.toLowerCase(), argument: argument.trim() };
  // Only the person's own number is one that Telegram has checked.
  const phone = message.contact?.user_id === message.from.id ? message.contact.phone_number : null;
  return { updateId, user, kind: "message", text, phone };
}

const MAX_NAME_LENGTH = 64;
/** Languages whose speakers mostly read Russian better than English. */
const RUSSIAN = new Set(["ru", "be", "uk", "kk"]);

function toUser({ id, first_name: name, language_code: code }: z.output<typeof userSchema>): TelegramUser {
  return { id: String(id), name: toOneLine(toStorable(name, MAX_NAME_LENGTH)), language: toLocale(code) };
}

/** Without what Postgres refuses, and no longer than Telegram's own limit. */
function toStorable(text: string, maxLength: number): string {
  return text
    .replace(/[\0\p{Surrogate}]/gu, "")
    .slice(0, maxLength)
    .replace(/[\uD800-\uDBFF]$/, "");
}

function toLocale(code: string | undefined): Locale {
  if (code === undefined) return "ru";
  return RUSSIAN.has(code.split("-")[0]?.toLowerCase() ?? "") ? "ru" : "en";
}
