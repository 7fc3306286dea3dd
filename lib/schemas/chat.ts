import { z } from "zod";
import { MAX_BLOCKS } from "./block";
import { chatMessageSchema } from "./chat-message";
import { ChatKind, ChatRole } from "./enums";
import { idSchema } from "./id";
import { MAX_MEMBERS, MAX_TITLE_LENGTH, MAX_UNREAD_COUNT } from "./limits";
import { visibleTextSchema } from "./text";

export const newChatSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("direct"), userId: idSchema }),
  z.object({
    kind: z.literal("group"),
    title: visibleTextSchema(MAX_TITLE_LENGTH),
    /** The members besides the creator. */
    memberIds: z
      .array(idSchema)
      .max(MAX_MEMBERS - 1)
      .default([]),
    /** Any user may find and join it. */
    open: z.boolean().default(false),
  }),
]);

export const chatChangeSchema = z.object({
  title: visibleTextSchema(MAX_TITLE_LENGTH).optional(),
  open: z.boolean().optional(),
});

export const memberSchema = z.object({ userId: idSchema, name: z.string(), handle: z.string() });

export const chatItemSchema = z.object({
  id: idSchema,
  kind: z.enum(ChatKind),
  title: z.string().nullable(),
  /** Any user may find and join it. */
  open: z.boolean(),
  /** The caller's role. */
  role: z.enum(ChatRole),
  /** The first five; both of a direct chat. */
  members: z.array(memberSchema),
  membersCount: z.int(),
  lastMessage: chatMessageSchema.nullable(),
  lastMessageAt: z.iso.datetime().nullable(),
  lastSeq: z.int(),
  revision: z.int(),
  readSeq: z.int(),
  /** Messages of other users after `readSeq`; 100 means more than 99. */
  unreadCount: z.int().max(MAX_UNREAD_COUNT),
  createdAt: z.iso.datetime(),
});

export const chatDetailSchema = chatItemSchema.extend({
  /** All members, and former members who have messages in the chat. */
  members: z.array(memberSchema.extend({ role: z.enum(ChatRole), readSeq: z.int(), left: z.boolean() })),
  /** False when the caller views an open group without being a member: members are visible, messages are not. */
  joined: z.boolean(),
  /** Members and former members whom the caller has blocked: their messages are collapsed. */
  blockedIds: z.array(idSchema),
  /** Those and members who have blocked the caller: neither can write in a direct chat, and a mention sends no notification. */
  unreachableIds: z.array(idSchema),
});

export type ChatItem = z.infer<typeof chatItemSchema>;
export type ChatDetail = z.infer<typeof chatDetailSchema>;

export const chatPageQuerySchema = z.object({
  /** `nextCursor` of the previous page. */
  cursor: z
    .string()
    .regex(/^\d{1,14}_[0-9a-f-]{36}$/)
    .transform((text) => ({ atMs: Number(text.split("_")[0]), id: text.split("_")[1] ?? "" }))
    .refine(({ id }) => idSchema.safeParse(id).success)
    .optional(),
  limit: z.coerce.number().int().min(1).max(50).default(30),
});

export const chatPageSchema = z.object({
  items: z.array(chatItemSchema),
  nextCursor: z.string().nullable(),
  /** Of all chats, not of this page. */
  unreadCount: z.int(),
  /** Whom the caller has blocked: their last message in a group is collapsed. */
  blockedIds: z.array(idSchema).max(MAX_BLOCKS),
});

export type ChatPage = z.infer<typeof chatPageSchema>;

export const openChatSchema = z.object({
  id: idSchema,
  title: z.string(),
  membersCount: z.int(),
  /** The caller is a member. */
  joined: z.boolean(),
  lastMessageAt: z.iso.datetime().nullable(),
});

export const openChatPageSchema = z.object({
  items: z.array(openChatSchema),
  nextCursor: z.string().nullable(),
});

export type OpenChatPage = z.infer<typeof openChatPageSchema>;

export const readUpToSchema = z.object({ seq: z.int().nonnegative() });

export const readStateSchema = z.object({ readSeq: z.int(), unreadCount: z.int() });

export type ReadState = z.infer<typeof readStateSchema>;
