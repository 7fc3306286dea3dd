/** Mentions in the text of a chat message. */

const MENTION_PATTERN = /@\[([^\]\n]{1,100})\]\(([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\)/gi;

/** Ids of the users mentioned as `@[Name](userId)`, each once. */
export function extractMentionIds(text: string): string[] {
  return [...new Set([...text.matchAll(MENTION_PATTERN)].map(([, , id = ""]) => id.toLowerCase()))];
}

/** Names as written in the mentions. */
export function extractMentionNames(text: string): string[] {
  return [...text.matchAll(MENTION_PATTERN)].map(([, name = ""]) => name);
}

/** Replaces each mention with what `replacer` returns for it. */
export function replaceMentions(
  text: string,
  replacer: (name: string, userId: string, whole: string) => string,
) {
  return text.replace(MENTION_PATTERN, (whole, name: string, id: string) =>
    replacer(name, id.toLowerCase(), whole),
  );
}

/** The rest of a mention, or of a link, at the end of a text that was cut within it. */
const CUT_MENTION_PATTERN = /@\[[^\]\n]{0,100}(?:\](?:\([0-9a-f-]{0,36})?)?$/i;
const CUT_LINK_PATTERN = /(?:https?:\/\/|\/posts\/)\S{0,200}$/i;

/**
 * The beginning of a message as plain text, for a quote. A mention or a link that does not fit is left out.
 * @param source  the message's text, or its beginning
 * @param isCut  `source` is not the whole text
 */
export function quoteText(
  source: string,
  { isCut, maxLength }: { isCut: boolean; maxLength: number },
): string {
  const characters = [...plainText(isCut ? source.replace(CUT_MENTION_PATTERN, "") : source)];
  const quote = characters.slice(0, maxLength).join("");
  return isCut || characters.length > maxLength ? quote.replace(CUT_LINK_PATTERN, "").trimEnd() : quote;
}

/** The text with `@Name` for each mention. */
export function plainText(text: string): string {
  return replaceMentions(text, (name) => `@${name}`);
}
