import { blocksTag, cacheManager } from "../cache";
import type { Caller } from "../core/access-token";
import { now } from "../core/clock";
import { AppError } from "../core/errors";
import type { Transaction } from "../db";
import { emit, wakeUserStreams } from "../realtime";
import { MAX_BLOCKS } from "../schemas/block";
import { directKeyOf } from "./direct-key";

/**
 * Blocks a person: neither of the two writes to the other, notifies the other or sees the other's presence, until the
 * block is lifted. The other one is not notified. Safe to repeat.
 *
 * A message that is written concurrently is stored before the block commits, or refused: the direct chat is locked by
 * both ({@link changeBlock}). A direct chat, a group or an invitation that is made concurrently is refused, or was made
 * before the block: both lock the blocker's account. Groups that the two share already stay as they are.
 *
 * @param handle  the person's
 * @throws {AppError} not_found; bad_request for oneself; conflict when too many people are blocked
 */
export async function blockPerson({ userId }: Pick<Caller, "userId">, handle: string): Promise<void> {
  await changeBlock(userId, handle, async (tx, personId) => {
    if (personId === userId) throw new AppError("bad_request", { message: "block_oneself" });
    const key = { blockerId: userId, blockedId: personId };
    if (await tx.personBlock.findUnique({ where: { blockerId_blockedId: key } })) return;
    if ((await tx.personBlock.count({ where: { blockerId: userId } })) >= MAX_BLOCKS)
      throw new AppError("conflict", { message: "too_many_blocks" });
    await tx.personBlock.create({ data: { ...key, createdAt: new Date(now()) } });
  });
}

/** Lifts the caller's block, if there is one; the other's stays. Safe to repeat. @throws {AppError} not_found */
export async function unblockPerson({ userId }: Pick<Caller, "userId">, handle: string): Promise<void> {
  await changeBlock(userId, handle, async (tx, personId) => {
    await tx.personBlock.deleteMany({ where: { blockerId: userId, blockedId: personId } });
  });
}

/**
 * Changes a block and what follows from it, in one transaction. The locks, in this order: the caller's account, which
 * everything that brings the two together in a chat locks too (lock-people.ts), and the direct chat, if there is one.
 */
async function changeBlock(
  userId: string,
  handle: string,
  change: (tx: Transaction, personId: string) => Promise<void>,
): Promise<void> {
  const personId = await cacheManager.withInvalidation([blocksTag(userId)], async (tx) => {
    await tx.$executeRaw`SELECT 1 FROM "User" WHERE id = ${userId}::uuid FOR NO KEY UPDATE`;
    const person = await tx.user.findUnique({ where: { handle, deletedAt: null }, select: { id: true } });
    if (!person) throw new AppError("not_found", { message: "person_not_found" });
    const directKey = directKeyOf(userId, person.id);
    await tx.$executeRaw`SELECT 1 FROM "Chat" WHERE "directKey" = ${directKey} FOR NO KEY UPDATE`;
    await change(tx, person.id);
    await cacheManager.invalidateAfterCommit(tx, [blocksTag(person.id)]);
    // The blocks are read again, because the other may have blocked the caller too.
    await tx.$executeRaw`
UPDATE "Chat" SET "isBlocked" = EXISTS (
  SELECT FROM "PersonBlock" b WHERE (b."blockerId" = ${userId}::uuid AND b."blockedId" = ${person.id}::uuid)
    OR (b."blockerId" = ${person.id}::uuid AND b."blockedId" = ${userId}::uuid)
) WHERE "directKey" = ${directKey}`;
    return person.id;
  });
  for (const id of [userId, personId]) {
    // Open pages read presence and chats again, and streams leave out the other's events from now on.
    emit(`user:${id}`, "contacts", {});
    wakeUserStreams(id);
  }
}
