import { AppError } from "../core/errors";
import type { Transaction } from "../db";

/**
 * Locks accounts against changes until the transaction ends, before it looks for blocks between them
 * ({@link requireReachable}) and brings them together in a chat. A block locks its maker's account first
 * (block-person.ts): one that is made concurrently is either seen, or comes after the chat. Shared: two transactions may
 * hold it. The accounts are locked in the order of their ids, after the group's row if there is one.
 *
 * @throws {AppError} not_found unless all exist
 */
export async function lockPeople(tx: Transaction, userIds: readonly string[]): Promise<void> {
  const ids = [...new Set(userIds)];
  const rows = await tx.$queryRaw<unknown[]>`
SELECT 1 FROM "User" WHERE id = ANY(${ids}::uuid[]) AND "deletedAt" IS NULL ORDER BY id FOR SHARE`;
  if (rows.length < ids.length) throw new AppError("not_found", { message: "person_not_found" });
}
