import type { Caller } from "../core/access-token";
import { now } from "../core/clock";
import { AppError } from "../core/errors";
import { transaction } from "../db";
import { wakeUserStreams } from "../realtime";
import { lockChat, requireGroup, requireMember } from "./lock-chat";
import { assignMissingOwners } from "./members";
import { publishChatChanged } from "./publish-changes";

/**
 * Removes a member from a group, or keeps a former member out of it: they cannot join again, and only the owner can add
 * them. Their messages stay with their name. Allowed for the owner, and for administrators, who need not be members. One
 * transaction, safe to repeat.
 *
 * @throws {AppError} not_found for a non-member, and for a user who never was a member; forbidden for other members;
 *         bad_request for oneself
 */
export async function removeMember(caller: Caller, chatId: string, userId: string): Promise<void> {
  const isAdministrator = caller.role === "admin";
  await transaction(async (tx) => {
    const chat = await lockChat(tx, caller, chatId);
    if (!isAdministrator) requireMember(chat);
    requireGroup(chat);
    if (chat.role !== "owner" && !isAdministrator) throw new AppError("forbidden");
    if (userId === caller.userId)
      throw new AppError("bad_request", { message: "remove_oneself", field: "userId" });
    const membership = await tx.chatMember.findUnique({ where: { chatId_userId: { chatId, userId } } });
    if (!membership) throw new AppError("not_found", { message: "person_not_found" });
    const at = new Date(now());
    await tx.chatMember.update({
      where: { chatId_userId: { chatId, userId } },
      data: { leftAt: membership.leftAt ?? at, removedAt: membership.removedAt ?? at, role: "member" },
    });
    await assignMissingOwners(tx, [chatId]);
  });
  publishChatChanged(chatId, [userId]);
  // Their open streams leave the chat's channel at once.
  wakeUserStreams(userId);
}
