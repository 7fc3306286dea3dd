import { z } from "zod";
import { idSchema } from "../core/ids";
import { isStorable, isVisible } from "../core/text";

/** What the forms and the API both hold to. Safe to import in the browser. */

export const MOST_MEMBERS = 200;
export const LONGEST_TITLE = 80;
export const LONGEST_TEXT = 4_000;
export const MOST_ATTACHMENTS = 4;
/** Different emoji on one message. */
export const MOST_EMOJI = 20;
export const MOST_PINNED = 50;
/** People who are named in one message; whoever is named hears of it. */
export const MOST_MENTIONS = 20;

const titleSchema = z
  .string()
  .trim()
  .min(1, { abort: true })
  .max(LONGEST_TITLE)
  .refine(isStorable)
  .refine(isVisible);

export const newChatSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("direct"), userId: idSchema }),
  z.object({
    kind: z.literal("group"),
    title: titleSchema,
    /** Besides who makes it. */
    memberIds: z
      .array(idSchema)
      .max(MOST_MEMBERS - 1)
      .default([]),
    /** Anybody may find and join it. */
    open: z.boolean().default(false),
  }),
]);

export const chatChangeSchema = z.object({
  title: titleSchema.optional(),
  open: z.boolean().optional(),
});

const textSchema = z
  .string()
  .trim()
  .max(LONGEST_TEXT)
  .refine(isStorable)
  .refine((text) => text === "" || isVisible(text));

export const newMessageSchema = z
  .object({
    /** Made by the sender's client: sent twice it is one message. */
    clientId: idSchema,
    /** Mentions are written `@[Name](userId)`. Empty only with attachments. */
    text: textSchema.default(""),
    replyToId: idSchema.optional(),
    /** Files of one's own (`POST /api/media`) that are on no message yet. */
    attachmentIds: z.array(idSchema).max(MOST_ATTACHMENTS).default([]),
  })
  .refine(({ text, attachmentIds }) => text !== "" || attachmentIds.length > 0, { path: ["text"] });

export const messageChangeSchema = z.object({ text: textSchema });

export const pinSchema = z.object({ pinned: z.boolean() });

export const reactionSchema = z.object({
  emoji: z.string().max(40).refine(isEmoji, { error: "one emoji" }),
  on: z.boolean(),
});

export const readUpToSchema = z.object({ seq: z.int().nonnegative() });

const PARTS =
  /^(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{RI}|\u200d|\ufe0f|[\u{e0020}-\u{e007f}])+$/u;
/** A picture, or the two letters of a flag. */
const SHOWN = /\p{Extended_Pictographic}|^\p{RI}{2}$/u;
const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Whether a text is one emoji as people see it, with its skin colour or its family. */
export function isEmoji(text: string): boolean {
  return PARTS.test(text) && SHOWN.test(text) && [...graphemes.segment(text)].length === 1;
}

const MENTION = /@\[([^\]\n]{1,100})\]\(([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\)/gi;

/** Who is written of as `@[Name](userId)`, each once. */
export function mentionsIn(text: string): string[] {
  return [...new Set([...text.matchAll(MENTION)].map(([, , id = ""]) => id.toLowerCase()))];
}

/** Names as they stand in its mentions. */
export function mentionNamesIn(text: string): string[] {
  return [...text.matchAll(MENTION)].map(([, name = ""]) => name);
}

/** The text with each mention as `word` has it. */
export function withMentions(text: string, word: (name: string, userId: string, whole: string) => string) {
  return text.replace(MENTION, (whole, name: string, id: string) => word(name, id.toLowerCase(), whole));
}

/** The text as it reads without links: `@Name` for a mention. */
export function plainText(text: string): string {
  return withMentions(text, (name) => `@${name}`);
}
