import { withMentions } from "@/lib/chat/client";

/** What a message's text is made of. */
export type TextPart =
  | { kind: "text"; text: string }
  | { kind: "link"; text: string; href: string }
  | { kind: "mention"; name: string; userId: string };

const LINK = /https?:\/\/[^\s<>"«»]+/gi;
/** Browsers and servers agree on no more; what is longer is shown as the text that it is. */
const LONGEST_LINK = 2_048;
/** After an address they belong to the sentence. */
const ENDS = new Set(".,:;!?'…)]}");
const OPENED_BY: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };
/** Never in a text that somebody wrote: no such character can be stored. */
const MARK = "\0";

/** Cuts a text into parts. Only http and https are links: nothing that a text says can run. */
export function textParts(text: string): TextPart[] {
  const mentions: TextPart[] = [];
  const marked = withMentions(text.replaceAll(MARK, ""), (name, userId) => {
    mentions.push({ kind: "mention", name, userId });
    return MARK;
  });
  return marked.split(MARK).flatMap((piece, place) => {
    const mention = place === 0 ? undefined : mentions[place - 1];
    return mention ? [mention, ...links(piece)] : links(piece);
  });
}

function links(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const found of text.matchAll(LINK)) {
    const address = trimmed(found[0]);
    const href = httpAddress(address);
    if (href === null) continue;
    if (found.index > end) parts.push({ kind: "text", text: text.slice(end, found.index) });
    parts.push({ kind: "link", text: address, href });
    end = found.index + address.length;
  }
  if (end < text.length) parts.push({ kind: "text", text: text.slice(end) });
  return parts;
}

/**
 * Without the marks at its end. A bracket that was opened within the address is its own:
 * `https://…/wiki/Song_(disambiguation)`. Looks at each character twice at most, whatever the text is.
 */
function trimmed(address: string): string {
  const seen = new Map<string, number>();
  for (const mark of address) seen.set(mark, count(seen, mark) + 1);
  let end = address.length;
  for (; end > 0; end--) {
    const mark = address.charAt(end - 1);
    if (!ENDS.has(mark)) break;
    const opened = OPENED_BY[mark];
    if (opened !== undefined && count(seen, opened) >= count(seen, mark)) break;
    seen.set(mark, count(seen, mark) - 1);
  }
  return address.slice(0, end);
}

const count = (seen: ReadonlyMap<string, number>, mark: string) => seen.get(mark) ?? 0;

function httpAddress(text: string): string | null {
  if (text.length > LONGEST_LINK) return null;
  try {
    const { protocol, href } = new URL(text);
    return protocol === "http:" || protocol === "https:" ? href : null;
  } catch {
    return null;
  }
}

const MOST_LARGE = 3;

/** A few emoji and nothing else: they are shown large. */
export function isOnlyEmoji(text: string): boolean {
  if (text.length > 40 || !/^[\p{Extended_Pictographic}\p{Emoji_Component}\s]+$/u.test(text)) return false;
  if (!/\p{Extended_Pictographic}|\p{RI}/u.test(text)) return false;
  return [...new Intl.Segmenter("en").segment(text.replace(/\s/g, ""))].length <= MOST_LARGE;
}
