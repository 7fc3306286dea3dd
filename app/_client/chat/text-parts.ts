import { withMentions } from "@/lib/chat/client";

/** What a message's text is made of. */
export type TextPart =
  | { kind: "text"; text: string }
  | { kind: "link"; text: string; href: string }
  | { kind: "mention"; name: string; userId: string };

/** Closing marks and full stops after an address belong to the sentence. */
const LINK = /https?:\/\/[^\s<>"«»]+/gi;
const AFTER_A_LINK = /[.,:;!?'…)\]}]+$/u;
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

/** A bracket that was opened within the address is its own: `https://…/wiki/Song_(disambiguation)`. */
function trimmed(address: string): string {
  let kept = address;
  for (;;) {
    const tail = AFTER_A_LINK.exec(kept)?.[0] ?? "";
    if (tail === "") return kept;
    if (kept.endsWith(")") && count(kept, "(") >= count(kept, ")")) return kept;
    kept = kept.slice(0, -1);
  }
}

const count = (text: string, mark: string) => text.split(mark).length - 1;

function httpAddress(text: string): string | null {
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
