import { AppError } from "../core/errors";
import type { Transaction } from "../db";

/**
 * Requires that no block is between a user and any of the others, in either direction. The accounts must be locked
 * (lock-people.ts), so that no block is made until the transaction ends. One statement.
 * @throws {AppError} cannot_write
 */
export async function requireReachable(
  tx: Transaction,
  userId: string,
  otherIds: readonly string[],
): Promise<void> {
  if (otherIds.length === 0) return;
  const others = { in: [...otherIds] };
  const block = await tx.personBlock.findFirst({
    where: {
      OR: [
        { blockerId: userId, blockedId: others },
        { blockedId: userId, blockerId: others },
      ],
    },
    select: { blockerId: true },
  });
  if (block) throw new AppError("cannot_write");
}
