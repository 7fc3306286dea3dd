import { z } from "zod";
import { now } from "../core/clock";
import { AppError } from "../core/errors";
import type { Transaction } from "../db";
import { MAX_FORMER_HANDLES } from "../schemas/limits";

const reservedSchema = z.array(z.object({ reserved: z.boolean() }));

/** @throws {AppError} bad_request when the handle looks like a page of the site, or like the site's own account */
export async function requireAllowedHandle(tx: Transaction, handle: string): Promise<void> {
  const [found] = reservedSchema.parse(await tx.$queryRaw`SELECT is_reserved_handle(${handle}) AS reserved`);
  if (found?.reserved) throw new AppError("bad_request", { message: "handle_reserved", field: "handle" });
}

export function handleTaken(cause?: unknown): AppError {
  return new AppError("conflict", { message: "handle_taken", field: "handle", cause });
}

/**
 * Keeps the handle that an account had, after the account has got another one in the same transaction: the page of the
 * former leads to the present one, and no other account takes it. The oldest of more than {@link MAX_FORMER_HANDLES}
 * are free again.
 *
 * The new one is compared with former handles only now: an account that gave it up meanwhile has committed by then,
 * since the update waited for it.
 *
 * @throws {AppError} conflict when another account had the new one
 */
export async function keepFormerHandle(
  tx: Transaction,
  { userId, from, to }: { userId: string; from: string; to: string },
): Promise<void> {
  const taken = await tx.formerHandle.findUnique({ where: { handle: to }, select: { userId: true } });
  if (taken && taken.userId !== userId) throw handleTaken();
  if (taken) await tx.formerHandle.delete({ where: { handle: to }, select: { handle: true } });
  const changedAt = new Date(now());
  await tx.formerHandle.upsert({
    where: { handle: from },
    create: { handle: from, userId, changedAt },
    update: { userId, changedAt },
    select: { handle: true },
  });
  await tx.$executeRaw`
DELETE FROM "FormerHandle" WHERE handle IN (
  SELECT handle FROM "FormerHandle" WHERE "userId" = ${userId}::uuid
  ORDER BY "changedAt" DESC OFFSET ${MAX_FORMER_HANDLES})`;
}
