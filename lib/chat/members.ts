import type { z } from "zod";
import { lockPeople, requireMayInvite, requireReachable } from "../contacts";
import type { Caller } from "../core/access-token";
import { now } from "../core/clock";
import { AppError } from "../core/errors";
import { db, type Transaction, transaction } from "../db";
import { wakeUserStreams } from "../realtime";
import type { ChatDetail, chatChangeSchema } from "../schemas/chat";
import { MAX_MEMBERS } from "../schemas/limits";
import { getChat } from "./chat";
import { type LockedChat, lockChat, requireGroup, requireMember } from "./lock-chat";
import { notifyInvited } from "./mentions";
import { publishChatChanged, publishMemberJoined } from "./publish-changes";

/** Membership. Each change is one transaction, safe to repeat, and throws {AppError} not_found to non-members. */

/** Joins an open group. A returning member keeps their read marker. @throws forbidden after a removal; conflict when it is full */
export async function joinChat(caller: Caller, chatId: string): Promise<ChatDetail> {
  const joined = await transaction(async (tx) => {
    const chat = await lockChat(tx, caller, chatId);
    if (chat.role !== null) {
      requireGroup(chat);
      return false;
    }
    if (!chat.open) throw new AppError("not_found", { message: "chat_not_found" });
    const membership = await tx.chatMember.findUnique({
      where: { chatId_userId: { chatId, userId: caller.userId } },
      select: { removedAt: true },
    });
    if (membership?.removedAt) throw new AppError("forbidden", { message: "removed_from_group" });
    await addMember(tx, chatId, chat, caller.userId);
    return true;
  });
  if (joined) publishMemberJoined(chatId, caller.userId);
  return getChat(caller, chatId);
}

/**
 * Adds a user to a group.
 * @throws not_found for an unknown user; cannot_write where there is a block; address_not_confirmed for a stranger
 *         while the caller's address is not confirmed; forbidden for a removed user, unless the
 *         caller is the owner; conflict when it is full
 */
export async function inviteToChat(
  caller: Caller,
  chatId: string,
  { userId }: { userId: string },
): Promise<ChatDetail> {
  const added = await transaction(async (tx) => {
    const chat = await lockChat(tx, caller, chatId);
    requireMember(chat);
    requireGroup(chat);
    const membership = await tx.chatMember.findUnique({
      where: { chatId_userId: { chatId, userId }, user: { deletedAt: null } },
    });
    if (membership && membership.leftAt === null) return false;
    if (membership?.removedAt && chat.role !== "owner")
      throw new AppError("forbidden", { message: "removed_by_owner" });
    await lockPeople(tx, [caller.userId, userId]);
    await requireReachable(tx, caller.userId, [userId]);
    await requireMayInvite(tx, caller.userId, [userId]);
    await addMember(tx, chatId, chat, userId);
    await notifyInvited(tx, caller, { id: chatId, title: chat.title }, [userId]);
    return true;
  });
  if (added) publishMemberJoined(chatId, userId);
  return getChat(caller, chatId);
}

async function addMember(tx: Transaction, chatId: string, chat: LockedChat, userId: string): Promise<void> {
  // The lock makes a concurrent deletion of the account wait; a member without an account must not exist.
  const userRows = await tx.$queryRaw<
    unknown[]
  >`SELECT 1 FROM "User" WHERE id = ${userId}::uuid AND "deletedAt" IS NULL FOR KEY SHARE`;
  if (userRows.length === 0) throw new AppError("not_found", { message: "person_not_found" });
  const activeMembers = await tx.chatMember.findMany({
    where: { chatId, leftAt: null },
    select: { role: true, user: { select: { deletedAt: true } } },
  });
  if (activeMembers.filter(({ user }) => user.deletedAt === null).length >= MAX_MEMBERS)
    throw new AppError("conflict", { message: "chat_full" });
  // A group whose last member has left has no owner: the next member becomes it.
  const role = activeMembers.some((member) => member.role === "owner") ? "member" : "owner";
  const joinedAt = new Date(now());
  await tx.chatMember.upsert({
    where: { chatId_userId: { chatId, userId } },
    // Earlier messages are readable and count as read.
    create: { chatId, userId, role, joinedAt, readSeq: chat.lastSeq },
    update: { leftAt: null, removedAt: null, role, joinedAt },
  });
}

/**
 * Leaves a chat. In a group the member's messages keep their name, and without an owner the longest-standing member
 * becomes it. A direct chat is only hidden from the member's list, until the next message in it.
 */
export async function leaveChat(caller: Caller, chatId: string): Promise<void> {
  const key = { chatId_userId: { chatId, userId: caller.userId } };
  await transaction(async (tx) => {
    const chat = await lockChat(tx, caller, chatId);
    requireMember(chat);
    if (chat.kind === "direct") {
      // The lock makes the number exact: a concurrent message is hidden with the chat, or shows it again.
      await tx.chatMember.update({ where: key, data: { hiddenSeq: chat.lastSeq, readSeq: chat.lastSeq } });
      return;
    }
    await tx.chatMember.update({ where: key, data: { leftAt: new Date(now()), role: "member" } });
    await assignMissingOwners(tx, [chatId]);
  });
  publishChatChanged(chatId, [caller.userId]);
  // Their open streams leave the chat's channel.
  wakeUserStreams(caller.userId);
}

/** Makes the longest-standing member of each ownerless group its owner. One statement; the chats must be locked. */
export async function assignMissingOwners(tx: Transaction, chatIds: readonly string[]): Promise<void> {
  await tx.$executeRaw`
UPDATE "ChatMember" heir SET role = 'owner'
FROM (
  SELECT DISTINCT ON (m."chatId") m."chatId", m."userId"
  FROM "ChatMember" m JOIN "Chat" c ON c.id = m."chatId" AND c.kind = 'group'
  JOIN "User" u ON u.id = m."userId" AND u."deletedAt" IS NULL
  WHERE m."chatId" = ANY(${[...chatIds]}::uuid[]) AND m."leftAt" IS NULL AND NOT EXISTS (
    SELECT FROM "ChatMember" o WHERE o."chatId" = m."chatId" AND o.role = 'owner' AND o."leftAt" IS NULL
  )
  ORDER BY m."chatId", m."joinedAt", m."userId"
) next
WHERE heir."chatId" = next."chatId" AND heir."userId" = next."userId"`;
}

/** Renames, opens or closes a group. @throws forbidden for a member who is not its owner */
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

/** Filters chat ids down to those that the user is a member of. One statement. */
export async function filterMemberChatIds(userId: string, chatIds: readonly string[]): Promise<Set<string>> {
  if (chatIds.length === 0) return new Set();
  const rows = await db().chatMember.findMany({
    where: { userId, chatId: { in: [...chatIds] }, leftAt: null },
    select: { chatId: true },
  });
  return new Set(rows.map(({ chatId }) => chatId));
}
