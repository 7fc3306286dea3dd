import { replaceMentions } from "@/lib/schemas/mention";

/** A user mentioned in a text that is being written. */
export interface MentionedUser {
  userId: string;
  name: string;
}

/** A text with `@Name` as the user typed it, and the users behind the names. */
export interface ComposerText {
  text: string;
  mentioned: MentionedUser[];
}

/** `]` and line breaks would end a mention's name. */
const sanitizeName = (name: string) => name.replace(/[\]\n\r]/g, " ").trim();

export function mentionLabel({ name }: MentionedUser): string {
  return `@${sanitizeName(name)}`;
}

/**
 * The API's markup: each `@Name` of a chosen user becomes `@[Name](id)`. Users with the same name are assigned in the
 * order in which they were chosen; with fewer mentions than users, the last chosen ones are used.
 */
export function toMarkup({ text, mentioned }: ComposerText): string {
  if (mentioned.length === 0) return text;
  const byName = new Map<string, MentionedUser[]>();
  for (const user of mentioned)
    byName.set(mentionLabel(user), [...(byName.get(mentionLabel(user)) ?? []), user]);
  // Longest first, so that "Ann Lee" does not match as "Ann".
  const names = [...byName.keys()].sort((a, b) => b.length - a.length).map(escapeRegExp);
  const namePattern = new RegExp(`(?<![\\p{L}\\p{N}_])(?:${names.join("|")})(?![\\p{L}\\p{N}_])`, "gu");
  const labels = [...text.matchAll(namePattern)].map(([label]) => label);
  for (const [name, users] of byName) {
    const mentions = labels.filter((label) => label === name).length;
    byName.set(name, users.slice(-Math.max(mentions, 1)));
  }
  return text.replace(namePattern, (found) => {
    const namesakes = byName.get(found) ?? [];
    const user = namesakes.length > 1 ? namesakes.shift() : namesakes[0];
    return user ? `@[${sanitizeName(user.name)}](${user.userId})` : found;
  });
}

/** The reverse of {@link toMarkup}, for a message that is edited. */
export function fromMarkup(markup: string): ComposerText {
  const mentioned = new Map<string, MentionedUser>();
  const text = replaceMentions(markup, (name, userId) => {
    mentioned.set(userId, { userId, name });
    return `@${name}`;
  });
  return { text, mentioned: [...mentioned.values()] };
}

/** The mention being typed before the caret, and the position of its `@`; null when there is none. */
export function mentionQueryAt(text: string, caret: number): { from: number; query: string } | null {
  const found = /(?:^|[\s([{"«„'])@([^\s@][^\n@]{0,39})?$/u.exec(text.slice(0, caret));
  if (!found) return null;
  const query = found[1] ?? "";
  return { from: caret - query.length - 1, query };
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
