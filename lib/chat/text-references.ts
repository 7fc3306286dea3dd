import { env } from "../core/env";
import { Prisma } from "../db";
import { idSchema } from "../schemas/id";
import { MAX_MENTIONS } from "../schemas/limits";
import { extractMentionIds, replaceMentions } from "../schemas/mention";

/** Posts and users that a message's text refers to. */

/** Links that are considered; the first post that exists is shown with the message. */
const MAX_LINKS = 5;

/** Ids of this site's posts that the text links to, as `APP_URL/posts/{id}` or `/posts/{id}`, in text order. */
export function extractPostIds(text: string): string[] {
  const { host } = new URL(env().APP_URL);
  const found = text.matchAll(/(?:https?:\/\/([^\s/]+)|(?<![^\s(]))\/posts\/([0-9a-f-]{36})(?![0-9a-z-])/gi);
  const ids = [...found].flatMap(([, linkHost, id]) => {
    const parsed = idSchema.safeParse(id);
    return parsed.success && (linkHost === undefined || linkHost === host) ? [parsed.data] : [];
  });
  return [...new Set(ids)].slice(0, MAX_LINKS);
}

/** The first linked post that exists, in SQL. */
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
 * Keeps mentions of members of the chat; a mention of any other user becomes plain text, `@Name` without the id.
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
