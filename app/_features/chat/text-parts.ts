import { type LinkedPart, splitLinks } from "@/app/_ui/split-links";
import { replaceMentions } from "@/lib/schemas/mention";

/** One part of a message's text. */
export type TextPart = LinkedPart | { kind: "mention"; name: string; userId: string };

/** Never in a stored text: Postgres rejects this character. */
const MENTION_PLACEHOLDER = "\0";

/** Splits a text into its links, its mentions and what is between them. */
export function parseTextParts(text: string): TextPart[] {
  const mentions: TextPart[] = [];
  const marked = replaceMentions(text.replaceAll(MENTION_PLACEHOLDER, ""), (name, userId) => {
    mentions.push({ kind: "mention", name, userId });
    return MENTION_PLACEHOLDER;
  });
  return marked.split(MENTION_PLACEHOLDER).flatMap((piece, index) => {
    const mention = index === 0 ? undefined : mentions[index - 1];
    return mention ? [mention, ...splitLinks(piece)] : splitLinks(piece);
  });
}

const MAX_LARGE_EMOJI = 3;

/** Whether a text is only a few emoji, which are shown large. */
export function isOnlyEmoji(text: string): boolean {
  if (text.length > 40 || !/^[\p{Extended_Pictographic}\p{Emoji_Component}\s]+$/u.test(text)) return false;
  if (!/\p{Extended_Pictographic}|\p{RI}/u.test(text)) return false;
  return [...new Intl.Segmenter("en").segment(text.replace(/\s/g, ""))].length <= MAX_LARGE_EMOJI;
}
