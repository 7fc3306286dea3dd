import type { z } from "zod";
import type { Caller } from "../core/access-token";
import { now } from "../core/clock";
import { AppError } from "../core/errors";
import { db, type Transaction, transaction } from "../db";
import { wakeUserStreams } from "../realtime";
import { type ChatDetail, getChat } from "./chat";
import { type chatChangeSchema, MAX_MEMBERS } from "./client";
import { type LockedChat, lockChat, requireGroup, requireMember } from "./lock-chat";
import { notifyInvited } from "./notify-invited";
import { publishChatChanged, publishMemberJoined } from "./publish-changes";

/** Who is in a chat. Each is one transaction, safe to repeat. All throw {AppError} not_found for a chat that is not theirs. */

/** Joins an open group. Who comes back finds what they left. @throws conflict when it is full */
export async function joinChat(caller: Caller, chatId: string): Promise<ChatDetail> {
  const joined = await transaction(async (tx) => {
    const chat = await lockChat(tx, caller, chatId);
    if (chat.role !== null) {
      requireGroup(chat);
      return false;
    }
    if (!chat.open) throw new AppError("not_found", { message: "chat_not_found" });
    await addMember(tx, chatId, chat, caller.userId);
    return true;
  });
  if (joined) publishMemberJoined(chatId, caller.userId);
  return getChat(caller, chatId);
}

/** Puts somebody into a group. @throws not_found for people who are not there; conflict when it is full */
export async function inviteToChat(
  caller: Caller,
  chatId: string,
  { userId }: { userId: string },
): Promise<ChatDetail> {
  const added = await transaction(async (tx) => {
    const chat = await lockChat(tx, caller, chatId);
    requireMember(chat);
    requireGroup(chat);
    const membership = await tx.chatMember.findUnique({ where: { chatId_userId: { chatId, userId } } });
    if (membership && membership.leftAt === null) return false;
    await addMember(tx, chatId, chat, userId);
    await notifyInvited(tx, caller, { id: chatId, title: chat.title }, [userId]);
    return true;
  });
  if (added) publishMemberJoined(chatId, userId);
  return getChat(caller, chatId);
}

async function addMember(tx: Transaction, chatId: string, chat: LockedChat, userId: string): Promise<void> {
  // Their deletion waits, or has been: a row for nobody would be a fault.
  const userRows = await tx.$queryRaw<
    unknown[]
  >`SELECT 1 FROM "User" WHERE id = ${userId}::uuid FOR KEY SHARE`;
  if (userRows.length === 0) throw new AppError("not_found", { message: "person_not_found" });
  const activeMembers = await tx.chatMember.findMany({
    where: { chatId, leftAt: null },
    select: { role: true },
  });
  if (activeMembers.length >= MAX_MEMBERS) throw new AppError("conflict", { message: "chat_full" });
  // A group whose last member left has no owner until somebody comes.
  const role = activeMembers.some((member) => member.role === "owner") ? "member" : "owner";
  const joinedAt = new Date(now());
  await tx.chatMember.upsert({
    where: { chatId_userId: { chatId, userId } },
    // What was said before is there to read, and is no news.
    create: { chatId, userId, role, joinedAt, readSeq: chat.lastSeq },
    update: { leftAt: null, role, joinedAt },
  });
}

/** Leaves a group; what one said stays, with one's name. The last owner passes the role on to who is there longest. */
export async function leaveChat(caller: Caller, chatId: string): Promise<void> {
  await transaction(async (tx) => {
    const chat = await lockChat(tx, caller, chatId);
    requireMember(chat);
    requireGroup(chat);
    await tx.chatMember.update({
      where: { chatId_userId: { chatId, userId: caller.userId } },
      data: { leftAt: new Date(now()), role: "member" },
    });
    await assignMissingOwners(tx, [chatId]);
  });
  publishChatChanged(chatId, [caller.userId]);
  // Their open pages hear no more of it.
  wakeUserStreams(caller.userId);
}

/** Gives groups that have members and no owner one: who is there longest. One statement; the chats must be locked. */
export async function assignMissingOwners(tx: Transaction, chatIds: readonly string[]): Promise<void> {
  await tx.$executeRaw`
UPDATE "ChatMember" heir SET role = 'owner'
FROM (
  SELECT DISTINCT ON (m."chatId") m."chatId", m."userId"
  FROM "ChatMember" m JOIN "Chat" c ON c.id = m."chatId" AND c.kind = 'group'
  WHERE m."chatId" = ANY(${[...chatIds]}::uuid[]) AND m."leftAt" IS NULL AND NOT EXISTS (
    SELECT FROM "ChatMember" o WHERE o."chatId" = m."chatId" AND o.role = 'owner' AND o."leftAt" IS NULL
  )
  ORDER BY m."chatId", m."joinedAt", m."userId"
) next
WHERE heir."chatId" = next."chatId" AND heir."userId" = next."userId"`;
}

/** Gives a group another name, or opens or closes it. @throws forbidden for whoever does not own it */
export async function changeChat(
  caller: Caller,
  chatId: string,
  change: z.output<typeof chatChangeSchema>,
): Promise<ChatDetail> {
  await transaction(async (tx) => {
    const chat = await lockChat(tx, caller, chatId);
    requireMember(chat);
    requireGroup(chat);
    if (chat.role !== "owner") throw new AppError("forbidden");
    const { title = chat.title, open = chat.open } = change;
    await tx.chat.update({ where: { id: chatId }, data: { title, open }, select: { id: true } });
  });
  publishChatChanged(chatId);
  return getChat(caller, chatId);
}

/** Which of these chats somebody is in. One statement. */
export async function filterMemberChatIds(userId: string, chatIds: readonly string[]): Promise<Set<string>> {
  if (chatIds.length === 0) return new Set();
  const rows = await db().chatMember.findMany({
    where: { userId, chatId: { in: [...chatIds] }, leftAt: null },
    select: { chatId: true },
  });
  return new Set(rows.map(({ chatId }) => chatId));
}
