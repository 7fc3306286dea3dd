import { env } from "../core/env";
import type { Transaction } from "../db";
import { backgroundTaskService, defineTask, type Payload } from "../tasks";
import { findMintOutcome, findOrCreateMint, type MintOutcome } from "./find-outcome";
import { keepQueueMoving } from "./keep-queue-moving";
import { mintSubject } from "./mint-row";
import { abandonMint, type LookReason, recordMintOutcome } from "./record-outcome";

interface Look {
  mintId: string;
  payload: Payload<"nft-minting">;
  found: MintOutcome;
}

/**
 * Queue `nft-minting`: one look at a mint. The first begins it; each enqueues the next until the token is final or the
 * mint has failed, so no function waits for a block.
 */
export const task = defineTask<"nft-minting">()({
  async prepare(payload, { taskId, reportProgress }): Promise<Look> {
    const mint = await findOrCreateMint(payload, taskId);
    const found = await findMintOutcome(mint, payload.metadata);
    await keepQueueMoving();
    if (found.kind === "nonce" && found.outcome.kind === "mined") {
      const total = env().MINT_CONFIRMATIONS;
      await reportProgress({ done: Math.min(found.outcome.confirmations, total), total });
    }
    return { mintId: mint.id, payload, found };
  },
  async commit(tx, { mintId, payload, found }) {
    const reason = await recordMintOutcome(tx, mintId, found);
    if (reason !== null) await enqueueNextLook(tx, mintId, payload, reason);
  },
  abandon: (tx, payload, taskId) => abandonMint(tx, payload.check?.mintId ?? taskId, taskId),
});

/** Seconds before each look. A block takes 1 to 12 s, and twelve confirmations two and a half minutes at most. */
const LOOK_DELAYS_SECONDS = [3, 5, 10, 15, 20, 30, 45, 60, 60, 120, 300];
/** While it waits for coins, for a lower fee or for others: each look is a message of QStash, and may have to be repeated for days. */
const WAIT_DELAYS_SECONDS = [...LOOK_DELAYS_SECONDS, 600, 1_200, 2_400, 3_600];
/** An operator must send coins first. */
const MIN_FUNDS_DELAY_SECONDS = 300;

function isWait(reason: LookReason): boolean {
  return reason === "funds" || reason === "fee" || reason === "behind";
}

function delayOf(reason: LookReason, round: number): number {
  const delays = isWait(reason) ? WAIT_DELAYS_SECONDS : LOOK_DELAYS_SECONDS;
  const seconds = delays[Math.min(round, delays.length) - 1] ?? 0;
  return reason === "funds" ? Math.max(MIN_FUNDS_DELAY_SECONDS, seconds) : seconds;
}

async function enqueueNextLook(
  tx: Transaction,
  mintId: string,
  payload: Payload<"nft-minting">,
  reason: LookReason,
): Promise<void> {
  const round = (payload.check?.round ?? 0) + 1;
  const delaySeconds = delayOf(reason, round);
  const owner = await tx.mint.findUniqueOrThrow({ where: { id: mintId }, select: { userId: true } });
  const taskId = await backgroundTaskService.mintNft(
    { ...payload, check: { mintId, round } },
    {
      ...{ tx, key: `look:${mintId}:${round}`, delaySeconds, subject: mintSubject(payload.postId) },
      ...(owner.userId === null ? {} : { ownerId: owner.userId }),
    },
  );
  await tx.mint.update({ where: { id: mintId }, data: { taskId }, select: { id: true } });
}
