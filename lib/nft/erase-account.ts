import { z } from "zod";
import { ERASURE_BATCH_SIZE, Prisma, type Transaction, transaction } from "../db";
import { eraseMintTasks } from "../tasks";
import { deleteTokenFiles } from "./token-files";

const idsSchema = z.array(z.object({ id: z.uuid() }));

/** No transaction of the mint's own was ever signed, and none will be: the chain does not know its address. */
const isUnsent = Prisma.sql`
mint.state IN ('pending', 'sent', 'failed') AND mint."transactionHash" IS NULL AND NOT EXISTS (
  SELECT FROM "ChainNonce" nonce JOIN "ChainTransaction" sent
    ON sent."chainId" = nonce."chainId" AND sent.account = nonce.account AND sent.nonce = nonce.nonce
  WHERE nonce."mintId" = mint.id AND NOT sent."isFiller")`;

/**
 * Deletes one batch of a user's mints without a transaction, with their files, and empties their tasks. The others stay
 * without the account: their owners' addresses are public on the chain.
 *
 * @returns how many; 0 when none is left
 * @throws {AppError} unavailable when the store is down: the rows name the files until these are deleted
 */
export async function eraseMintBatch(userId: string): Promise<number> {
  const ids = await endUnsent(userId);
  await deleteTokenFiles(ids);
  if (ids.length > 0) await transaction((tx) => deleteMints(tx, userId, ids));
  return ids.length;
}

/** Ends them, so that no look stores or signs anything more; fillers use up the nonces that were given out. */
function endUnsent(userId: string): Promise<string[]> {
  return transaction(async (tx) => {
    // Locked first: a look that gives one of them a nonce either has committed, or waits and then finds no mint.
    const locked = await tx.$queryRaw`
SELECT mint.id FROM "Mint" mint WHERE mint."userId" = ${userId}::uuid AND ${isUnsent}
ORDER BY mint.id LIMIT ${ERASURE_BATCH_SIZE} FOR UPDATE`;
    const candidates = idsSchema.parse(locked).map(({ id }) => id);
    if (candidates.length === 0) return [];
    // The nonces too: a look that signs for one either has stored it, or waits and then finds it given up.
    await tx.$executeRaw`
SELECT 1 FROM "ChainNonce" WHERE "mintId" = ANY(${candidates}::uuid[]) ORDER BY "chainId", account, nonce FOR UPDATE`;
    const unsent = await tx.$queryRaw`
SELECT mint.id FROM "Mint" mint WHERE mint.id = ANY(${candidates}::uuid[]) AND ${isUnsent}`;
    const ids = idsSchema.parse(unsent).map(({ id }) => id);
    await tx.chainNonce.updateMany({ where: { mintId: { in: ids } }, data: { isFiller: true } });
    await tx.mint.updateMany({
      where: { id: { in: ids }, state: { not: "failed" } },
      data: { state: "failed", failure: "abandoned", finishedAt: new Date() },
    });
    return ids;
  });
}

async function deleteMints(tx: Transaction, userId: string, ids: string[]): Promise<void> {
  // Fillers have used them up, or will.
  await tx.chainNonce.updateMany({ where: { mintId: { in: ids } }, data: { mintId: null } });
  await tx.mint.deleteMany({ where: { id: { in: ids } } });
  await eraseMintTasks(tx, userId, ids);
}
