import { replaceMentions } from "@/lib/chat/client";

/** Somebody who is named in a text that is being written. */
export interface MentionedUser {
  userId: string;
  name: string;
}

/** A text as it is written, with `@Name`, and who is meant by the names. */
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
 * As the API takes it: each `@Name` of somebody who was chosen becomes `@[Name](id)`. Several who are called the same
 * are mentioned in the order in which they were chosen; with fewer mentions than people, the last ones are meant.
 */
export function toMarkup({ text, mentioned }: ComposerText): string {
  if (mentioned.length === 0) return text;
  const byName = new Map<string, MentionedUser[]>();
  for (const user of mentioned)
    byName.set(mentionLabel(user), [...(byName.get(mentionLabel(user)) ?? []), user]);
  // The longest first: "Anna" is not "Ann" and an "a".
  const names = [...byName.keys()].sort((a, b) => b.length - a.length).map(escapeRegExp);
  const anyName = new RegExp(`(?<![\\p{L}\\p{N}_])(?:${names.join("|")})(?![\\p{L}\\p{N}_])`, "gu");
  const labels = [...text.matchAll(anyName)].map(([name]) => name);
  for (const [name, people] of byName) {
    const mentions = labels.filter((each) => each === name).length;
    byName.set(name, people.slice(-Math.max(mentions, 1)));
  }
  return text.replace(anyName, (found) => {
    const namesakes = byName.get(found) ?? [];
    const person = namesakes.length > 1 ? namesakes.shift() : namesakes[0];
    return person ? `@[${sanitizeName(person.name)}](${person.userId})` : found;
  });
}

/** The way back, for a message that is edited. */
export function fromMarkup(markup: string): ComposerText {
  const mentioned = new Map<string, MentionedUser>();
  const text = replaceMentions(markup, (name, userId) => {
    mentioned.set(userId, { userId, name });
    return `@${name}`;
  });
  return { text, mentioned: [...mentioned.values()] };
}

/** What is being typed after an `@` right before the caret; null when that is no mention. */
export function mentionQueryAt(text: string, caret: number): { from: number; query: string } | null {
  const found = /(?:^|[\s([{"«„'])@([^\s@][^\n@]{0,39})?$/u.exec(text.slice(0, caret));
  if (!found) return null;
  const query = found[1] ?? "";
  return { from: caret - query.length - 1, query };
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
