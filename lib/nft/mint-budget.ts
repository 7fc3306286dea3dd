import { z } from "zod";
import { env } from "../core/env";
import { AppError } from "../core/errors";
import { Prisma, type Transaction } from "../db";

/** Mints that one account may begin within 24 hours. Accounts cost nothing, so all together have a limit too. */
export const MAX_MINTS_PER_ARTIST_PER_DAY = 10;

const rowsSchema = z.array(z.object({ seconds: z.number() }));

interface NewMint {
  /** Of its task. */
  id: string;
  postId: string;
  userId: string;
  ownerAddress: string;
  chainId: number;
  contract: string;
  proofNonce?: string;
}

/**
 * Begins a mint, requested or not: no other function does, so that the limits hold for all.
 *
 * @throws {AppError} rate_limited with the time until the oldest counted mint is a day old
 */
export async function createMint(tx: Transaction, mint: NewMint) {
  await requireBudget(tx, mint.userId);
  return tx.mint.create({ data: mint });
}

/**
 * Makes sure that the account which pays can afford one more mint of an artist. One at a time until the transaction
 * ends: what concurrent requests begin is counted.
 */
async function requireBudget(tx: Transaction, userId: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('mint-budget', 0))`;
  const waits = [
    await secondsUntilRoom(tx, Prisma.sql`mint."userId" = ${userId}::uuid`, MAX_MINTS_PER_ARTIST_PER_DAY),
    await secondsUntilRoom(tx, Prisma.sql`true`, env().MINT_DAILY_LIMIT),
  ];
  const seconds = Math.max(...waits);
  if (seconds > 0)
    throw new AppError("rate_limited", { message: "too_many_mints", retryAfterSeconds: seconds });
}

/**
 * A failed mint without a transaction has cost nothing. Compared with the statement's time, which an index can be searched
 * for; the clock's may change within the statement.
 *
 * @returns 0 while there is room
 */
async function secondsUntilRoom(tx: Transaction, whose: Prisma.Sql, limit: number): Promise<number> {
  const rows = await tx.$queryRaw`
SELECT greatest(1, ceil(extract(epoch FROM mint."createdAt" + interval '1 day' - clock_timestamp())))::int AS seconds
FROM "Mint" mint
WHERE mint."createdAt" > statement_timestamp() - interval '1 day' AND ${whose}
  AND (mint.state <> 'failed' OR EXISTS (
    SELECT FROM "ChainNonce" JOIN "ChainTransaction" USING ("chainId", account, nonce)
    WHERE "ChainNonce"."mintId" = mint.id))
ORDER BY mint."createdAt" DESC OFFSET ${limit - 1} LIMIT 1`;
  return rowsSchema.parse(rows)[0]?.seconds ?? 0;
}
