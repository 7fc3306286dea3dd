import { replaceMentions } from "@/lib/schemas/mention";

/** One part of a message's text. */
export type TextPart =
  | { kind: "text"; text: string }
  | { kind: "link"; text: string; href: string }
  | { kind: "mention"; name: string; userId: string };

const URL_PATTERN = /https?:\/\/[^\s<>"«»]+/gi;
/** Browsers and servers do not reliably accept more; a longer URL is shown as text. */
const MAX_URL_LENGTH = 2_048;
/** At the end of a URL these belong to the sentence. */
const TRAILING_PUNCTUATION = new Set(".,:;!?'…)]}");
const OPENING_BRACKETS: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };
/** Never in a stored text: Postgres rejects this character. */
const MENTION_PLACEHOLDER = "\0";

/** Splits a text into parts. Only http and https URLs become links, so that no link can run a script. */
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

function splitLinks(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const found of text.matchAll(URL_PATTERN)) {
    const address = trimTrailingPunctuation(found[0]);
    const href = parseHttpUrl(address);
    if (href === null) continue;
    if (found.index > end) parts.push({ kind: "text", text: text.slice(end, found.index) });
    parts.push({ kind: "link", text: address, href });
    end = found.index + address.length;
  }
  if (end < text.length) parts.push({ kind: "text", text: text.slice(end) });
  return parts;
}

/**
 * Removes punctuation at the end of a URL. A bracket that was opened in the URL belongs to it:
 * `https://…/wiki/Song_(disambiguation)`. Linear time: it visits each character at most twice.
 */
function trimTrailingPunctuation(address: string): string {
  const counts = new Map<string, number>();
  for (const character of address) counts.set(character, countOf(counts, character) + 1);
  let end = address.length;
  for (; end > 0; end--) {
    const mark = address.charAt(end - 1);
    if (!TRAILING_PUNCTUATION.has(mark)) break;
    const opened = OPENING_BRACKETS[mark];
    if (opened !== undefined && countOf(counts, opened) >= countOf(counts, mark)) break;
    counts.set(mark, countOf(counts, mark) - 1);
  }
  return address.slice(0, end);
}

const countOf = (counts: ReadonlyMap<string, number>, character: string) => counts.get(character) ?? 0;

function parseHttpUrl(text: string): string | null {
  if (text.length > MAX_URL_LENGTH) return null;
  try {
    const { protocol, href } = new URL(text);
    return protocol === "http:" || protocol === "https:" ? href : null;
  } catch {
    return null;
  }
}

const MAX_LARGE_EMOJI = 3;

/** Whether a text is only a few emoji, which are shown large. */
export function isOnlyEmoji(text: string): boolean {
  if (text.length > 40 || !/^[\p{Extended_Pictographic}\p{Emoji_Component}\s]+$/u.test(text)) return false;
  if (!/\p{Extended_Pictographic}|\p{RI}/u.test(text)) return false;
  return [...new Intl.Segmenter("en").segment(text.replace(/\s/g, ""))].length <= MAX_LARGE_EMOJI;
}
