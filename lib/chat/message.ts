import { z } from "zod";
import { env } from "../core/env";
import { Prisma } from "../db";
import { type ChatMessageView, chatMessageSchema } from "../schemas/chat-message";
import { toCanonicalEmoji } from "../schemas/emoji";
import { idSchema } from "../schemas/id";
import { MAX_MENTIONS } from "../schemas/limits";
import { extractMentionIds, quoteText, replaceMentions } from "../schemas/mention";

/**
 * A chat message in its two forms. The *stored* form, in Postgres and in Redis, refers to users, to the replied-to
 * message and to a post by id, so it changes only with its own revision. The *view* adds names and titles, always read
 * from Postgres, so that a rename, a deleted post or an edit of the replied-to message leaves nothing stale.
 */

const timestampSchema = z
  .string()
  .refine((text) => !Number.isNaN(Date.parse(text)))
  .transform((text) => new Date(text).toISOString());
const { id, seq, clientId, text, reactions, attachments } = chatMessageSchema.shape;

type Reactions = ChatMessageView["reactions"];

/** Rows written before emoji had one form are one reaction with those of that form. */
function mergeEmojiForms(stored: Reactions): Reactions {
  const userIds = new Map<string, Set<string>>();
  for (const reaction of stored) {
    const emoji = toCanonicalEmoji(reaction.emoji);
    userIds.set(emoji, new Set([...(userIds.get(emoji) ?? []), ...reaction.userIds]));
  }
  return [...userIds].map(([emoji, ids]) => ({ emoji, userIds: [...ids] }));
}

/** Parses its own output as well as a row of Postgres. The revision comes first: the Redis scripts match it there. */
export const storedMessageSchema = z.object({
  revision: z.int().positive(),
  ...{ id, chatId: id, seq, clientId, authorId: idSchema.nullable(), text },
  createdAt: timestampSchema,
  editedAt: timestampSchema.nullable(),
  deletedAt: timestampSchema.nullable(),
  pinnedAt: timestampSchema.nullable(),
  replyToId: idSchema.nullable(),
  postId: idSchema.nullable(),
  mentions: z.array(idSchema),
  reactions: reactions.transform(mergeEmojiForms),
  attachments,
});

export type StoredMessage = z.infer<typeof storedMessageSchema>;

/** A message in the shape of `storedMessageSchema`; `x` is its row of "ChatMessage". */
export const storedMessageSql = Prisma.sql`jsonb_build_object(
  'revision', x.revision, 'id', x.id, 'chatId', x."chatId", 'seq', x.seq, 'clientId', x."clientId",
  'authorId', x."authorId", 'text', x.text, 'createdAt', x."createdAt", 'editedAt', x."editedAt",
  'deletedAt', x."deletedAt", 'pinnedAt', x."pinnedAt", 'replyToId', x."replyToId", 'postId', x."postId",
  'mentions', to_jsonb(coalesce(x.mentions, '{}')),
  'reactions', (
    SELECT coalesce(jsonb_agg(jsonb_build_object('emoji', given.emoji, 'userIds', given.user_ids)
      ORDER BY given.first, given.emoji), '[]')
    FROM (
      SELECT r.emoji, min(r."createdAt") AS first, jsonb_agg(r."userId" ORDER BY r."createdAt", r."userId") AS user_ids
      FROM "ChatReaction" r WHERE r."messageId" = x.id GROUP BY r.emoji
    ) given
  ),
  'attachments', (
    SELECT coalesce(jsonb_agg(jsonb_build_object('id', f.id, 'name', f.name, 'type', f.type, 'bytes', f.bytes,
      'width', f.width, 'height', f.height) ORDER BY a.position), '[]')
    FROM "ChatAttachment" a JOIN "MediaFile" f ON f.id = a."fileId" WHERE a."messageId" = x.id
  )
)`;

/** All messages of `picked`, a CTE of the same statement. */
export const storedMessagesSql = Prisma.sql`
  (SELECT coalesce(jsonb_agg(${storedMessageSql} ORDER BY x.seq), '[]') FROM picked x) AS items`;

const referencedUserIdsSql = Prisma.sql`SELECT "authorId" FROM picked UNION SELECT unnest(mentions) FROM picked`;
const repliedMessageIdsSql = Prisma.sql`SELECT "replyToId" FROM picked`;
const linkedPostIdsSql = Prisma.sql`SELECT "postId" FROM picked`;

/** Characters of a quoted message that are read: enough for an excerpt of it with some mentions, each 40 and longer. */
const QUOTE_SOURCE_LENGTH = 600;

const chatIdsSql = Prisma.sql`SELECT "chatId" FROM picked`;

/** CTEs of what messages refer to, for {@link referencesSql}; by default of the messages in `picked`. */
export function referenceTablesSql(
  sources = {
    ...{ userIds: referencedUserIdsSql, messageIds: repliedMessageIdsSql, postIds: linkedPostIdsSql },
    chatIds: chatIdsSql,
  },
): Prisma.Sql {
  return Prisma.sql`answered AS (
  SELECT r.id, r.seq, r."authorId", left(r.text, ${QUOTE_SOURCE_LENGTH}) AS text FROM "ChatMessage" r WHERE r.id IN (${sources.messageIds})
), linked AS (
  SELECT p.id, p.title, p."authorId" FROM "Post" p JOIN "User" u ON u.id = p."authorId" AND u."deletedAt" IS NULL
  WHERE p."deletedAt" IS NULL AND p.id IN (${sources.postIds})
), named AS (
  SELECT u.id, u.name, u.handle FROM "User" u
  WHERE u."deletedAt" IS NULL
    AND u.id IN (${sources.userIds} UNION SELECT "authorId" FROM answered UNION SELECT "authorId" FROM linked)
), leaving AS (${leavingMembersSql(sources.chatIds)})`;
}

/**
 * Members and former members whose deletion was requested and whose messages are not erased yet. Nearly always there
 * are none, and the index on `deletedAt` says so. Everybody who wrote or reacted in a chat has a membership in it.
 */
export function leavingMembersSql(chatIds: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`SELECT u.id, u."deletedAt" FROM "User" u WHERE u."deletedAt" IS NOT NULL
  AND EXISTS (SELECT FROM "ChatMember" m WHERE m."userId" = u.id AND m."chatId" IN (${chatIds}))`;
}

/** The same for messages that were read from the cache. */
export function referenceTablesForStoredSql(messages: readonly StoredMessage[]): Prisma.Sql {
  const unnestIds = (ids: (string | null)[]) => {
    const nonNullIds = ids.filter((id) => id !== null);
    return Prisma.sql`SELECT unnest(${nonNullIds}::uuid[])`;
  };
  return referenceTablesSql({
    userIds: unnestIds(messages.flatMap(({ authorId, mentions }) => [authorId, ...mentions])),
    messageIds: unnestIds(messages.map(({ replyToId }) => replyToId)),
    postIds: unnestIds(messages.map(({ postId }) => postId)),
    chatIds: Prisma.sql`SELECT id FROM chat`,
  });
}

/** What messages refer to, from the CTEs of {@link referenceTablesSql}. */
export const referencesSql = Prisma.sql`
  (SELECT coalesce(jsonb_object_agg(id, name), '{}') FROM named) AS names,
  (SELECT coalesce(jsonb_object_agg(id, handle), '{}') FROM named) AS handles,
  (SELECT coalesce(jsonb_agg(to_jsonb(answered)), '[]') FROM answered) AS answered,
  (SELECT coalesce(jsonb_agg(to_jsonb(linked)), '[]') FROM linked) AS linked,
  (SELECT coalesce(jsonb_object_agg(id, "deletedAt"), '{}') FROM leaving) AS leaving`;

export const referencesSchema = z.object({
  names: z.record(z.string(), z.string()),
  handles: z.record(z.string(), z.string()),
  answered: z.array(z.object({ id, seq, authorId: id.nullable(), text: z.string() })),
  linked: z.array(z.object({ id, title: z.string(), authorId: id })),
  /** Accounts that are being erased: id -> when that was requested. */
  leaving: z.record(z.string(), timestampSchema),
});

export const storedWithReferencesSchema = referencesSchema.extend({ items: z.array(storedMessageSchema) });

const EXCERPT_LENGTH = 160;

/** Turns stored messages into views. */
export function toMessageViews(
  stored: readonly StoredMessage[],
  { names, handles, answered, linked, leaving }: z.output<typeof referencesSchema>,
): ChatMessageView[] {
  const messages = withoutLeavingMembers(stored, leaving);
  const replies = new Map(answered.map((reply) => [reply.id, reply]));
  const posts = new Map(linked.map((post) => [post.id, post]));
  const nameOf = (userId: string | null) => (userId === null ? null : (names[userId] ?? null));
  return messages.map(({ replyToId, postId, mentions, ...message }) => {
    const reply = replyToId === null ? undefined : replies.get(replyToId);
    const post = postId === null ? undefined : posts.get(postId);
    return {
      ...message,
      authorName: nameOf(message.authorId),
      authorHandle: message.authorId === null ? null : (handles[message.authorId] ?? null),
      replyTo: reply ? toReply(reply, nameOf(reply.authorId), leaving) : null,
      post: post ? { id: post.id, title: post.title, authorName: nameOf(post.authorId) ?? "" } : null,
      mentions: mentions.flatMap((userId) => {
        const name = nameOf(userId);
        return name === null ? [] : [{ userId, name, handle: handles[userId] }];
      }),
    };
  });
}

type Leaving = z.output<typeof referencesSchema>["leaving"];

function toReply(
  { authorId, text, ...reply }: z.output<typeof referencesSchema>["answered"][number],
  authorName: string | null,
  leaving: Leaving,
): ChatMessageView["replyTo"] {
  if (authorId !== null && leaving[authorId]) return { ...reply, authorId: null, authorName: null, text: "" };
  return { ...reply, authorId, authorName, text: toExcerpt(withoutMentionsOf(leaving, text)) };
}

/**
 * Messages as they will be when the accounts that are being erased are gone (erase-account.ts): theirs are deleted ones
 * without an author, and others' have neither their reactions nor their names.
 */
export function withoutLeavingMembers(messages: readonly StoredMessage[], leaving: Leaving): StoredMessage[] {
  if (Object.keys(leaving).length === 0) return [...messages];
  const isLeaving = (userId: string) => leaving[userId] !== undefined;
  return messages.map((message): StoredMessage => {
    const deletedAt = message.authorId === null ? undefined : leaving[message.authorId];
    if (deletedAt !== undefined) {
      return {
        ...message,
        ...{ authorId: null, text: "", editedAt: null, pinnedAt: null, replyToId: null, postId: null },
        ...{ deletedAt: message.deletedAt ?? deletedAt, mentions: [], reactions: [], attachments: [] },
      };
    }
    return {
      ...message,
      text: withoutMentionsOf(leaving, message.text),
      mentions: message.mentions.filter((userId) => !isLeaving(userId)),
      reactions: message.reactions.flatMap(({ emoji, userIds }) => {
        const remaining = userIds.filter((userId) => !isLeaving(userId));
        return remaining.length === 0 ? [] : [{ emoji, userIds: remaining }];
      }),
    };
  });
}

function withoutMentionsOf(leaving: Leaving, text: string): string {
  return replaceMentions(text, (_, userId, whole) => (leaving[userId] === undefined ? whole : "@…"));
}

function toExcerpt(text: string): string {
  // Postgres counts characters, not the two code units of an emoji.
  const isCut = [...text].length >= QUOTE_SOURCE_LENGTH;
  return quoteText(text, { isCut, maxLength: EXCERPT_LENGTH });
}

/** Links that are considered; the first post that exists is shown with the message. */
const MAX_LINKS = 5;

/** Ids of this site's posts that the text links to, as `APP_URL/posts/{id}` or `/posts/{id}`, in text order. */
function extractPostIds(text: string): string[] {
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
    JOIN "Post" p ON p.id = link.id AND p."deletedAt" IS NULL JOIN "User" u ON u.id = p."authorId" AND u."deletedAt" IS NULL
    ORDER BY link.n LIMIT 1)`;
}

interface ResolvedMentions {
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
