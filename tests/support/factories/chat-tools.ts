import { expect } from "vitest";
import { createChat, listChats, listMessages, sendMessage } from "@/lib/chat";
import type { Caller } from "@/lib/core/access-token";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { chatPageQuerySchema } from "@/lib/schemas/chat";
import { type ChatMessageView, newMessageSchema } from "@/lib/schemas/chat-message";
import { messagesQuerySchema } from "@/lib/schemas/message-list";

/** Creates a group of these users; the first is its owner. */
export async function createGroup([owner, ...others]: readonly Caller[], open = false): Promise<string> {
  if (!owner) throw new Error("a group needs an owner");
  const memberIds = others.map(({ userId }) => userId);
  const { chat } = await createChat(owner, { kind: "group", title: "A group", memberIds, open });
  return chat.id;
}

export function sendTestMessage(
  as: Caller,
  chatId: string,
  text: string,
  more: { clientId?: string; replyToId?: string; attachmentIds?: string[] } = {},
) {
  return sendMessage(as, chatId, newMessageSchema.parse({ clientId: newId(), text, ...more }));
}

/**
 * Inserts messages numbered from `from` to `to`, each with its own revision and the text `No. ` and its number, and
 * sets the chat's counters to match. Returns the ids in order.
 */
export async function createMessages(
  { userId }: Pick<Caller, "userId">,
  chatId: string,
  { from = 1, to }: { from?: number; to: number },
): Promise<string[]> {
  const rows = Array.from({ length: to - from + 1 }, (_, n) => ({
    ...{ id: newId(), chatId, seq: from + n, revision: from + n, clientId: newId() },
    ...{ authorId: userId, text: `No. ${from + n}` },
  }));
  await db().chatMessage.createMany({ data: rows });
  await db().chat.update({ where: { id: chatId }, data: { lastSeq: to, revision: to } });
  return rows.map(({ id }) => id);
}

export const readMessages = (
  as: Pick<Caller, "userId">,
  chatId: string,
  query: { before?: number; after?: number; since?: number; limit?: number } = {},
) => listMessages(as, chatId, messagesQuerySchema.parse(query));

/** Reads every page of changes since a revision. */
export async function catchUp(as: Pick<Caller, "userId">, chatId: string, since = 0) {
  const changes: ChatMessageView[] = [];
  for (let cursor = since; ; ) {
    const page = await readMessages(as, chatId, { since: cursor });
    changes.push(...page.items);
    if (!page.hasMore) return { changed: changes, revision: page.revision, lastSeq: page.lastSeq };
    cursor = page.items.at(-1)?.revision ?? cursor;
  }
}

/** A user's unread count and read marker in a chat; both undefined if the user is not a member. */
export async function unreadState({ userId }: Pick<Caller, "userId">, chatId: string) {
  const { items, unreadCount } = await listChats({ userId }, chatPageQuerySchema.parse({}));
  const chat = items.find((item) => item.id === chatId);
  if (items.length === 1) expect(unreadCount).toBe(chat?.unreadCount);
  return { unread: chat?.unreadCount, readSeq: chat?.readSeq };
}

/** The invariants of a chat: seqs have no gaps, and the chat's counters match its messages. Returns the violations. */
export async function chatViolations(chatId: string): Promise<string[]> {
  const chat = await db().chat.findUniqueOrThrow({ where: { id: chatId } });
  const messages = await db().chatMessage.findMany({ where: { chatId }, orderBy: { seq: "asc" } });
  const seqs = messages.map(({ seq }) => seq);
  const newest = Math.max(0, ...messages.map(({ revision }) => revision));
  return [
    ...(seqs.every((seq, at) => seq === at + 1) ? [] : [`seqs ${seqs.join(" ")}`]),
    ...(chat.lastSeq === messages.length ? [] : [`lastSeq ${chat.lastSeq} of ${messages.length}`]),
    ...(chat.revision === newest ? [] : [`revision ${chat.revision}, newest ${newest}`]),
  ];
}

/** Inserts a media file as an upload does. */
export async function createFile({ userId }: Pick<Caller, "userId">): Promise<string> {
  const id = newId();
  await db().mediaFile.create({
    data: {
      ...{ id, ownerId: userId, name: "cover.png", type: "image/png", bytes: 12, width: 2, height: 3 },
      pathname: `media/${id}`,
    },
  });
  return id;
}
