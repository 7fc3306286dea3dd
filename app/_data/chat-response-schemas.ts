import * as z from "zod/mini";

/** Response schemas for chats, presence and files, limited to what pages use; part of response-schemas.ts. */

const nullableText = z.nullable(z.string());

const attachment = z.object({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  bytes: z.number(),
  width: z.nullable(z.number()),
  height: z.nullable(z.number()),
});

const message = z.object({
  id: z.string(),
  chatId: z.string(),
  seq: z.number(),
  revision: z.number(),
  clientId: z.string(),
  authorId: nullableText,
  authorName: nullableText,
  text: z.string(),
  createdAt: z.string(),
  editedAt: nullableText,
  deletedAt: nullableText,
  pinnedAt: nullableText,
  replyTo: z.nullable(
    z.object({
      id: z.string(),
      seq: z.number(),
      authorId: nullableText,
      authorName: nullableText,
      text: z.string(),
    }),
  ),
  post: z.nullable(z.object({ id: z.string(), title: z.string(), authorName: z.string() })),
  mentions: z.array(z.object({ userId: z.string(), name: z.string() })),
  reactions: z.array(z.object({ emoji: z.string(), userIds: z.array(z.string()) })),
  attachments: z.array(attachment),
});

export const chatMessage = z.object({ message });

export const chatMessages = z.object({
  items: z.array(message),
  hasMore: z.boolean(),
  revision: z.number(),
  lastSeq: z.number(),
});

export const pinnedMessages = z.object({ items: z.array(message) });

export const foundMessages = z.object({ items: z.array(message), hasMore: z.boolean() });

const role = z.enum(["owner", "member"]);

const chat = {
  id: z.string(),
  kind: z.enum(["direct", "group"]),
  title: nullableText,
  open: z.boolean(),
  role,
  membersCount: z.number(),
  lastMessage: z.nullable(message),
  lastMessageAt: nullableText,
  lastSeq: z.number(),
  revision: z.number(),
  readSeq: z.number(),
  unreadCount: z.number(),
  createdAt: z.string(),
};

export const chatPage = z.object({
  items: z.array(z.object({ ...chat, members: z.array(z.object({ userId: z.string(), name: z.string() })) })),
  nextCursor: nullableText,
  unreadCount: z.number(),
});

export const chatDetail = z.object({
  chat: z.object({
    ...chat,
    members: z.array(
      z.object({ userId: z.string(), name: z.string(), role, readSeq: z.number(), left: z.boolean() }),
    ),
    joined: z.boolean(),
  }),
});

export const chatRead = z.object({ readSeq: z.number(), unreadCount: z.number() });

export const people = z.object({
  items: z.array(z.object({ id: z.string(), name: z.string(), role: z.string() })),
});

export const presence = z.object({
  items: z.array(
    z.object({
      userId: z.string(),
      state: z.enum(["online", "away", "offline"]),
      lastSeenAt: nullableText,
    }),
  ),
  known: z.boolean(),
});

export const uploaded = z.object({ file: attachment });
