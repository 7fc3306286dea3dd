import type { MessageEntity } from "grammy/types";

/** In order of precedence: a later kind is not found inside an earlier one. */
const PATTERNS: { type: "url" | "email" | "bot_command" | "mention" | "hashtag"; pattern: RegExp }[] = [
  { type: "url", pattern: /(?<![\p{L}\p{N}_])(?:https?|ftp|tg):\/\/[^\s<>"']+/giu },
  { type: "email", pattern: /(?<![\p{L}\p{N}_.+-])[\w.+-]+@[a-z\d-]+(?:\.[a-z\d-]+)*\.[a-z]{2,}/giu },
  {
    type: "url",
    pattern:
      /(?<![\p{L}\p{N}_@./-])(?:[a-z\d](?:[a-z\d-]*[a-z\d])?\.)+(?:com|org|net|io|me|ru|dev|app|info|рф)(?![\p{L}\p{N}_.-]*[\p{L}\p{N}])(?:[/?#][^\s<>"']*)?/giu,
  },
  {
    type: "bot_command",
    pattern: /(?<![\p{L}\p{N}_/<>])\/[a-z\d_]{1,64}(?:@[a-z\d_]{3,32})?(?![\p{L}\p{N}_/])/giu,
  },
  { type: "mention", pattern: /(?<![\p{L}\p{N}_])@[a-z\d_]{4,32}(?![\p{L}\p{N}_])/giu },
  { type: "hashtag", pattern: /(?<![\p{L}\p{N}_])#[\p{L}\p{N}_]*\p{L}[\p{L}\p{N}_]*/gu },
];

/** Punctuation that ends a sentence, not a link. */
const TRAILING = /[.,:;!?'"`)\]}]+$/;

/** Finds the entities that Telegram finds by itself; offsets and lengths are in UTF-16 units. */
export function findEntities(text: string): MessageEntity[] {
  const found: MessageEntity[] = [];
  for (const { type, pattern } of PATTERNS) {
    for (const match of text.matchAll(pattern)) {
      const value = type === "url" ? match[0].replace(TRAILING, "") : match[0];
      const entity = { type, offset: match.index, length: value.length };
      const overlaps = found.some(
        (other) =>
          entity.offset < other.offset + other.length && other.offset < entity.offset + entity.length,
      );
      if (!overlaps && value.length > 0) found.push(entity);
    }
  }
  return found.sort((a, b) => a.offset - b.offset);
}
