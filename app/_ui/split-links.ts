/** One part of a text that people have written. */
export type LinkedPart = { kind: "text"; text: string } | { kind: "link"; text: string; href: string };

const URL_PATTERN = /https?:\/\/[^\s<>"«»]+/gi;
/** Browsers and servers do not reliably accept more; a longer URL is shown as text. */
const MAX_URL_LENGTH = 2_048;
/** At the end of a URL these belong to the sentence. */
const TRAILING_PUNCTUATION = new Set(".,:;!?'…)]}");
const OPENING_BRACKETS: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };
/** Splits a text at its links. Only http and https URLs become links, so that no link can run a script. */
export function splitLinks(text: string): LinkedPart[] {
  const parts: LinkedPart[] = [];
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
