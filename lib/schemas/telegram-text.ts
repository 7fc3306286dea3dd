/**
 * Texts in Telegram's HTML: what it accepts of them, and how it counts their length. Safe to import in the browser.
 */

/** UTF-16 units of a message's text after its tags and entities are parsed. */
export const MAX_MESSAGE_LENGTH = 4_096;
/** The same of a picture's caption. */
export const MAX_CAPTION_LENGTH = 1_024;
/** UTF-8 bytes of what a button sends back. */
export const MAX_CALLBACK_BYTES = 64;

/** Tags without attributes; `a` has `href` alone. */
const PLAIN_TAGS = new Set(["b", "strong", "i", "em", "u", "s", "code", "pre", "blockquote", "tg-spoiler"]);
const TAG_PATTERN = /<(\/?)([a-z-]+)((?:\s[^<>]*)?)>/g;
const HREF_PATTERN = /^\s+href="(?:https?|tg|mailto):[^"<>\s]+"$/;
const ENTITY_PATTERN = /&(?:lt|gt|amp|quot|#\d{1,7}|#x[0-9a-f]{1,6});/gi;

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** A text that Telegram shows as it is, in content and in attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ESCAPES[character] ?? character);
}

/** UTF-16 units that Telegram counts. */
export function visibleLength(html: string): number {
  return html.replace(TAG_PATTERN, "").replace(ENTITY_PATTERN, "x").length;
}

/** Whether Telegram accepts the text as HTML: known tags, closed in order, and no bare `<` or `&`. */
export function isTelegramHtml(html: string): boolean {
  const open: string[] = [];
  for (const [, slash, tag = "", attributes = ""] of html.matchAll(TAG_PATTERN)) {
    if (slash) {
      if (attributes !== "" || open.pop() !== tag) return false;
      continue;
    }
    const isKnown = tag === "a" ? HREF_PATTERN.test(attributes) : PLAIN_TAGS.has(tag) && attributes === "";
    if (!isKnown) return false;
    open.push(tag);
  }
  const rest = html.replace(TAG_PATTERN, "").replace(ENTITY_PATTERN, "");
  return open.length === 0 && !/[<>&]/.test(rest);
}
