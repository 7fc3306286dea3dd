import { z } from "zod";
import { idSchema } from "../core/ids";
import { isStorable, isVisible } from "../core/text";

/** What the forms and the API both hold to. Safe to import in the browser. */

export const MAX_MEMBERS = 200;
export const MAX_TITLE_LENGTH = 80;
export const MAX_TEXT_LENGTH = 4_000;
export const MAX_ATTACHMENTS = 4;
/** Different emoji on one message. */
export const MAX_EMOJI = 20;
export const MAX_PINNED = 50;
/** People who are named in one message; whoever is named hears of it. */
export const MAX_MENTIONS = 20;

const titleSchema = z
  .string()
  .trim()
  .min(1, { abort: true })
  .max(MAX_TITLE_LENGTH)
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
      .max(MAX_MEMBERS - 1)
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
  .max(MAX_TEXT_LENGTH)
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
    attachmentIds: z.array(idSchema).max(MAX_ATTACHMENTS).default([]),
  })
  .refine(({ text, attachmentIds }) => text !== "" || attachmentIds.length > 0, { path: ["text"] });

export const messageChangeSchema = z.object({ text: textSchema });

export const pinSchema = z.object({ pinned: z.boolean() });

export const reactionSchema = z.object({
  emoji: z.string().max(40).refine(isEmoji, { error: "one emoji" }),
  on: z.boolean(),
});

export const readUpToSchema = z.object({ seq: z.int().nonnegative() });

const EMOJI_PARTS_PATTERN =
  /^(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{RI}|\u200d|\ufe0f|[\u{e0020}-\u{e007f}])+$/u;
/** A picture, or the two letters of a flag. */
const EMOJI_BASE_PATTERN = /\p{Extended_Pictographic}|^\p{RI}{2}$/u;
const graphemeSegmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Whether a text is one emoji as people see it, with its skin colour or its family. */
export function isEmoji(text: string): boolean {
  return (
    EMOJI_PARTS_PATTERN.test(text) &&
    EMOJI_BASE_PATTERN.test(text) &&
    [...graphemeSegmenter.segment(text)].length === 1
  );
}

const MENTION_PATTERN = /@\[([^\]\n]{1,100})\]\(([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\)/gi;

/** Who is written of as `@[Name](userId)`, each once. */
export function extractMentionIds(text: string): string[] {
  return [...new Set([...text.matchAll(MENTION_PATTERN)].map(([, , id = ""]) => id.toLowerCase()))];
}

/** Names as they stand in its mentions. */
export function extractMentionNames(text: string): string[] {
  return [...text.matchAll(MENTION_PATTERN)].map(([, name = ""]) => name);
}

/** The text with each mention as `word` has it. */
export function replaceMentions(
  text: string,
  replacer: (name: string, userId: string, whole: string) => string,
) {
  return text.replace(MENTION_PATTERN, (whole, name: string, id: string) =>
    replacer(name, id.toLowerCase(), whole),
  );
}

/** The text as it reads without links: `@Name` for a mention. */
export function plainText(text: string): string {
  return replaceMentions(text, (name) => `@${name}`);
}
