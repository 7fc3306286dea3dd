import { z } from "zod";
import type { Caller } from "../core/access-token";
import { AppError } from "../core/errors";
import type { Transaction } from "../db";

const lockedChatSchema = z.object({
  kind: z.enum(["direct", "group"]),
  title: z.string().nullable(),
  open: z.boolean(),
  lastSeq: z.int(),
  /** The caller's; null: no member. */
  role: z.enum(["owner", "member"]).nullable(),
});

export type LockedChat = z.infer<typeof lockedChatSchema>;

/**
 * Takes a chat for a change of what is in it, until the transaction ends. Whoever changes a chat, its members or its
 * messages does this first, and only then touches the rows of these: nobody waits for another one in a circle, and
 * revisions become visible in their order.
 *
 * @throws {AppError} not_found for a chat that is not there
 */
export async function lockChat(
  tx: Transaction,
  { userId }: Pick<Caller, "userId">,
  chatId: string,
): Promise<LockedChat> {
  // Not FOR UPDATE: rows that only point to the chat need not wait.
  const rows = await tx.$queryRaw<unknown[]>`
SELECT c.kind::text, c.title, c.open, c."lastSeq" FROM "Chat" c WHERE c.id = ${chatId}::uuid FOR NO KEY UPDATE`;
  if (rows[0] === undefined) throw new AppError("not_found", { message: "chat_not_found" });
  // A statement of its own: the one above sees members as they were before it waited.
  const member = await tx.chatMember.findUnique({
    where: { chatId_userId: { chatId, userId }, leftAt: null },
    select: { role: true },
  });
  return lockedChatSchema.parse({ ...rows[0], role: member?.role ?? null });
}

/** @throws {AppError} not_found for whoever is no member: nobody is told that there is such a chat */
export function requireMember({ role }: LockedChat): void {
  if (role === null) throw new AppError("not_found", { message: "chat_not_found" });
}

/** @throws {AppError} conflict for a conversation of two */
export function requireGroup({ kind }: LockedChat): void {
  if (kind !== "group") throw new AppError("conflict", { message: "direct_chat" });
}
