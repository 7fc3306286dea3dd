import { env } from "../core/env";
import { idSchema } from "../core/ids";
import { Prisma } from "../db";
import { extractMentionIds, MAX_MENTIONS, replaceMentions } from "./client";

/** What a text points to, and what of it stays. */

/** Links that are looked at; the first post that exists is the message's. */
const MAX_LINKS = 5;

/** Posts of this site that the text links to, `APP_URL/posts/{id}` or `/posts/{id}`, in its order. */
export function extractPostIds(text: string): string[] {
  const { host } = new URL(env().APP_URL);
  const found = text.matchAll(/(?:https?:\/\/([^\s/]+)|(?<![^\s(]))\/posts\/([0-9a-f-]{36})(?![0-9a-z-])/gi);
  const ids = [...found].flatMap(([, linkHost, id]) => {
    const parsed = idSchema.safeParse(id);
    return parsed.success && (linkHost === undefined || linkHost === host) ? [parsed.data] : [];
  });
  return [...new Set(ids)].slice(0, MAX_LINKS);
}

/** The first of them that exists, in SQL. */
export function firstExistingPostSql(text: string): Prisma.Sql {
  const ids = extractPostIds(text);
  if (ids.length === 0) return Prisma.sql`NULL::uuid`;
  return Prisma.sql`(SELECT p.id FROM unnest(${ids}::uuid[]) WITH ORDINALITY AS link(id, n)
    JOIN "Post" p ON p.id = link.id ORDER BY link.n LIMIT 1)`;
}

export interface ResolvedMentions {
  text: string;
  mentions: string[];
}

/**
 * Whoever is no member of the chat is not named by it: of the mention their name stays, as any other word, and the
 * id goes.
 */
export function resolveMentions(text: string, members: ReadonlySet<string>): ResolvedMentions {
  const mentions = extractMentionIds(text)
    .filter((id) => members.has(id))
    .slice(0, MAX_MENTIONS);
  const mentionedIds = new Set(mentions);
  return {
    text: replaceMentions(text, (name, id, original) => (mentionedIds.has(id) ? original : `@${name}`)),
    mentions,
  };
}
