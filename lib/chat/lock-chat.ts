import { z } from "zod";
import type { Caller } from "../core/access-token";
import { AppError } from "../core/errors";
import type { Transaction } from "../db";
import { ChatKind, ChatRole } from "../schemas/enums";

const lockedChatSchema = z.object({
  kind: z.enum(ChatKind),
  title: z.string().nullable(),
  open: z.boolean(),
  /** A direct chat in which no user can write (lib/contacts). */
  isBlocked: z.boolean(),
  lastSeq: z.int(),
  /** The caller's role; null when they are not a member. */
  role: z.enum(ChatRole).nullable(),
});

export type LockedChat = z.infer<typeof lockedChatSchema>;

/**
 * Locks a chat until the transaction ends. Every change of a chat, its members or its messages takes this lock before
 * it touches their rows: this prevents deadlocks, and makes revisions visible in order.
 *
 * @throws {AppError} not_found for a chat that does not exist
 */
export async function lockChat(
  tx: Transaction,
  { userId }: Pick<Caller, "userId">,
  chatId: string,
): Promise<LockedChat> {
  // Not FOR UPDATE: inserts of rows that reference the chat need not wait.
  const rows = await tx.$queryRaw<unknown[]>`
SELECT c.kind::text, c.title, c.open, c."isBlocked", c."lastSeq" FROM "Chat" c WHERE c.id = ${chatId}::uuid FOR NO KEY UPDATE`;
  if (rows[0] === undefined) throw new AppError("not_found", { message: "chat_not_found" });
  // A separate statement: the one above sees members as of before it waited for the lock.
  const member = await tx.chatMember.findUnique({
    where: { chatId_userId: { chatId, userId }, leftAt: null },
    select: { role: true },
  });
  return lockedChatSchema.parse({ ...rows[0], role: member?.role ?? null });
}

/** @throws {AppError} not_found for a non-member, who must not learn that the chat exists */
export function requireMember({ role }: LockedChat): void {
  if (role === null) throw new AppError("not_found", { message: "chat_not_found" });
}

/** @throws {AppError} conflict for a direct chat */
export function requireGroup({ kind }: LockedChat): void {
  if (kind !== "group") throw new AppError("conflict", { message: "direct_chat" });
}

/** @throws {AppError} cannot_write in a direct chat with a block; the error is the same for both members */
export function requireNotBlocked({ isBlocked }: Pick<LockedChat, "isBlocked">): void {
  if (isBlocked) throw new AppError("cannot_write");
}
