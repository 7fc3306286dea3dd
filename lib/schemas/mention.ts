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

/** The text with `@Name` for each mention. */
export function plainText(text: string): string {
  return replaceMentions(text, (name) => `@${name}`);
}
