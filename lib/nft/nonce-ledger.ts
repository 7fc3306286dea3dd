import { z } from "zod";
import { db, type Transaction, transaction } from "../db";
import { raiseAlert } from "../tasks";
import type { Chain } from "./chain";

/**
 * The ledger of nonces. All instances mint from one account, and the chain takes its transactions in the order of their
 * nonces: one that is missing holds up all behind it. So Postgres gives them out, one lock at a time, and a nonce that
 * was given out is used up in any case, if need be by an empty transaction.
 */

/** A nonce of the account that mints. */
export interface Nonce {
  chainId: number;
  account: string;
  nonce: number;
}

export interface OpenNonce extends Nonce {
  mintId: string | null;
  isFiller: boolean;
  /** When the chain first had used it up without us; null: it agrees. */
  doubtedAt: Date | null;
}

const columns = {
  ...{ chainId: true, account: true, nonce: true, mintId: true },
  ...{ isFiller: true, doubtedAt: true },
} as const;

/** The nonce under which a mint is on its way; null before it has one, and after it was used up. */
export function findOpenNonce(mintId: string): Promise<OpenNonce | null> {
  return db().chainNonce.findFirst({ where: { mintId, state: "open" }, select: columns });
}

/**
 * Gives a mint the next nonce, or returns the one that it has. Atomic; safe to repeat and to run concurrently.
 * @param minedCount  the account's transactions in blocks, asked before: nonces that were used without us are skipped
 * @returns null when the mint is not open any more
 */
export async function assignNonce(
  chain: Chain,
  mintId: string,
  minedCount: number,
): Promise<OpenNonce | null> {
  return transaction(async (tx) => {
    await lockAccount(tx, chain);
    const existing = await tx.chainNonce.findFirst({ where: { mintId, state: "open" }, select: columns });
    if (existing) return existing;
    // Locked: a look that finds it refused records that either before, or sees the nonce.
    await tx.$executeRaw`SELECT 1 FROM "Mint" WHERE id = ${mintId}::uuid FOR UPDATE`;
    const mint = await tx.mint.findUnique({ where: { id: mintId }, select: { state: true } });
    if (mint?.state !== "pending") return null;
    const nonce = Math.max((await lastNonce(tx, chain)) + 1, minedCount);
    return tx.chainNonce.create({ data: { ...accountOf(chain), nonce, mintId }, select: columns });
  });
}

/**
 * Makes fillers for nonces that the chain waits for and that no mint has: a ledger that was restored from a backup, or a
 * node that once reported a wrong count. Without them every later mint would wait for ever.
 */
export async function fillGaps(chain: Chain, minedCount: number): Promise<void> {
  // The state is written out: only then the index of open nonces is read.
  const rows = await db().$queryRaw`
SELECT nonce FROM "ChainNonce"
WHERE "chainId" = ${chain.id} AND account = ${chain.signer.address} AND state = 'open' ORDER BY nonce LIMIT 1`;
  const [first] = firstOpenSchema.parse(rows);
  if (!first || first.nonce <= minedCount) return;
  await transaction(async (tx) => {
    await lockAccount(tx, chain);
    await tx.$executeRaw`
INSERT INTO "ChainNonce" ("chainId", account, nonce, "isFiller")
SELECT ${chain.id}, ${chain.signer.address}, missing, true
FROM generate_series(${minedCount}::int, ${Math.min(first.nonce, minedCount + MAX_FILLERS) - 1}::int) missing
ON CONFLICT DO NOTHING`;
  });
}

const firstOpenSchema = z.array(z.object({ nonce: z.int() }));

/** Fillers of one call: a node that reports nonsense must not cost more. */
const MAX_FILLERS = 20;

/**
 * Open nonces up to the one that the chain waits for which no instance has looked after lately; the caller then does
 * so. Of concurrent callers one gets a nonce.
 */
export async function claimStalledNonces(chain: Chain, minedCount: number): Promise<OpenNonce[]> {
  const rows = await db().$queryRaw`
UPDATE "ChainNonce" SET "checkedAt" = clock_timestamp()
WHERE "chainId" = ${chain.id} AND account = ${chain.signer.address} AND state = 'open' AND nonce IN (
  SELECT nonce FROM "ChainNonce"
  WHERE "chainId" = ${chain.id} AND account = ${chain.signer.address} AND nonce <= ${minedCount} AND state = 'open'
    AND coalesce("checkedAt", "createdAt") < clock_timestamp() - ${STALLED_SECONDS} * interval '1 second'
  ORDER BY nonce LIMIT ${MAX_STALLED} FOR UPDATE SKIP LOCKED)
RETURNING "chainId", account, nonce, "mintId"::text AS "mintId", "isFiller", "doubtedAt"`;
  return openNonceRowsSchema.parse(rows);
}

/** Stalled nonces that one look at another mint also looks after. */
const MAX_STALLED = 3;

/** Longer than a task waits between two looks while its transaction is new. */
const STALLED_SECONDS = 60;

const openNonceRowsSchema = z.array(
  z.object({
    chainId: z.int(),
    account: z.string(),
    nonce: z.int(),
    mintId: z.uuid().nullable(),
    isFiller: z.boolean(),
    doubtedAt: z.date().nullable(),
  }),
);

/** Two looks must agree over this time that the ledger is wrong: a node may be behind, or answer wrongly once. */
const DOUBT_SECONDS = 60;

const doubtRowsSchema = z.array(z.object({ nonce: z.int(), isConfirmed: z.boolean() }));

/** Notes that the chain has used up a nonce without us. @returns whether an earlier look found so too */
export async function confirmDoubt({ chainId, account, nonce }: Nonce): Promise<boolean> {
  const rows = await db().$queryRaw`
UPDATE "ChainNonce" SET "doubtedAt" = coalesce("doubtedAt", clock_timestamp())
WHERE "chainId" = ${chainId} AND account = ${account} AND nonce = ${nonce}
RETURNING nonce, "doubtedAt" < clock_timestamp() - ${DOUBT_SECONDS} * interval '1 second' AS "isConfirmed"`;
  return doubtRowsSchema.parse(rows).some(({ isConfirmed }) => isConfirmed);
}

export async function clearDoubt({ chainId, account, nonce }: Nonce): Promise<void> {
  await db().chainNonce.updateMany({ where: { chainId, account, nonce }, data: { doubtedAt: null } });
}

/**
 * Opens settled nonces again that the chain has not used up: a deep reorganisation, a node that once reported a wrong
 * count, or the chain's data was deleted. Without them every later mint would wait for ever, and operators learn of it.
 * Nodes have put what was mined back into their pools, so it is sent again as it is: a filler would outbid a mint.
 */
export async function reopenUnused(chain: Chain, minedCount: number): Promise<void> {
  const { id, signer } = chain;
  await transaction(async (tx) => {
    const rows = await tx.$queryRaw`
UPDATE "ChainNonce" SET "doubtedAt" = CASE WHEN nonce < ${minedCount} THEN NULL
  ELSE coalesce("doubtedAt", clock_timestamp()) END
WHERE "chainId" = ${id} AND account = ${signer.address} AND state = 'settled'
  AND nonce >= ${minedCount - MAX_FILLERS} AND nonce < ${minedCount + MAX_FILLERS}
  AND (nonce >= ${minedCount} OR "doubtedAt" IS NOT NULL)
RETURNING nonce,
  coalesce("doubtedAt" < clock_timestamp() - ${DOUBT_SECONDS} * interval '1 second', false) AS "isConfirmed"`;
    const unused = doubtRowsSchema.parse(rows).filter(({ isConfirmed }) => isConfirmed);
    if (unused.length === 0) return;
    const nonces = unused.map(({ nonce }) => nonce).sort((a, b) => a - b);
    await tx.chainNonce.updateMany({
      where: { ...accountOf(chain), nonce: { in: nonces } },
      data: { state: "open", doubtedAt: null, checkedAt: null },
    });
    await renewTransactions(tx, chain, nonces);
    const message = `nonces ${nonces.join(", ")} of ${signer.address} were settled, and the chain has not used them up: what was signed is sent again, and fillers use up the others. Tokens minted under them are gone until then`;
    // Not closed by the next mint: what was lost is for operators to see.
    await raiseAlert(tx, { kind: "minter_stuck", subject: `nonce:${nonces[0]}`, message });
  });
}

/**
 * The transaction that a block had, or without a known one the newest, counts as signed now: it is the first of its nonce
 * to be sent, and has its time before a replacement.
 */
async function renewTransactions(tx: Transaction, chain: Chain, nonces: number[]): Promise<void> {
  const { id, signer } = chain;
  await tx.$executeRaw`
UPDATE "ChainTransaction" SET "createdAt" = clock_timestamp() WHERE hash IN (
  SELECT DISTINCT ON (signed.nonce) signed.hash
  FROM "ChainTransaction" signed JOIN "ChainNonce" USING ("chainId", account, nonce)
  LEFT JOIN "Mint" mint ON mint.id = "ChainNonce"."mintId"
  WHERE signed."chainId" = ${id} AND signed.account = ${signer.address} AND signed.nonce = ANY(${nonces}::int[])
  ORDER BY signed.nonce, coalesce(mint."transactionHash" = signed.hash, false) DESC,
    signed."createdAt" DESC, signed."maxFee" DESC)`;
  // Given up before its own transaction came into a block: now that one is sent again.
  await tx.$executeRaw`
UPDATE "ChainNonce" SET "isFiller" = false FROM "Mint" mint
WHERE mint.id = "mintId" AND mint.state = 'confirmed' AND mint."transactionHash" IS NOT NULL
  AND "ChainNonce"."chainId" = ${id} AND account = ${signer.address} AND nonce = ANY(${nonces}::int[])`;
}

export async function markChecked({ chainId, account, nonce }: Nonce): Promise<void> {
  await db().chainNonce.update({
    where: { chainId_account_nonce: { chainId, account, nonce } },
    data: { checkedAt: new Date() },
    select: { nonce: true },
  });
}

/**
 * From now on an empty transaction uses the nonce up. The mint's own may still be the one that the chain takes.
 * @param failure  recorded when the filler is final
 */
export async function giveUp(
  { chainId, account, nonce, mintId }: OpenNonce,
  failure: "reverted" | "refused" | "abandoned",
): Promise<void> {
  await transaction(async (tx) => {
    // The mint first, as a look does that records an outcome.
    if (mintId !== null)
      await tx.mint.updateMany({
        where: { id: mintId, failure: null, state: { notIn: ["confirmed", "failed"] } },
        data: { failure },
      });
    await tx.chainNonce.update({
      where: { chainId_account_nonce: { chainId, account, nonce } },
      data: { isFiller: true },
      select: { nonce: true },
    });
  });
}

/** One transaction at a time gives out nonces of an account; the lock ends with it. */
async function lockAccount(tx: Transaction, { id, signer }: Chain): Promise<void> {
  const name = `chain:${id}:${signer.address}`;
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${name}, 0))`;
}

async function lastNonce(tx: Transaction, chain: Chain): Promise<number> {
  // Prisma's maximum reads every row.
  const last = await tx.chainNonce.findFirst({
    where: accountOf(chain),
    orderBy: { nonce: "desc" },
    select: { nonce: true },
  });
  return last?.nonce ?? -1;
}

function accountOf({ id, signer }: Chain) {
  return { chainId: id, account: signer.address };
}
