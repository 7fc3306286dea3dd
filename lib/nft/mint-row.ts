import { env } from "../core/env";
import type { Transaction } from "../db";
import { emit } from "../realtime";
import { type MintView, mintFailures } from "../schemas/mint";
import { toTokenId } from "./token-id";

type MintRow = NonNullable<Awaited<ReturnType<Transaction["mint"]["findUnique"]>>>;

export function toMintView(row: MintRow): MintView {
  const { id, postId, state, chainId, contract, transactionHash, blockNumber } = row;
  return {
    ...{ id, postId, state, chainId, contract, transactionHash, blockNumber },
    // The files of a failed mint are deleted.
    metadataUrl: state === "failed" ? null : row.metadataUrl,
    // Noted before its filler is final: until then the mint's own transaction may still succeed.
    failure: state === "failed" ? (mintFailures.find((failure) => failure === row.failure) ?? null) : null,
    tokenId: toTokenId(id).toString(),
    ownerAddress: row.ownerAddress,
    confirmations: row.confirmations,
    confirmationsNeeded: env().MINT_CONFIRMATIONS,
    createdAt: row.createdAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}

/** Notifies open pages of a changed mint, on the channel of the task that began it. Call it after the commit. */
export function publishMintChanged(mintId: string): void {
  emit(`task:${mintId}`, "changed", {});
}

/** What the tasks of a post's mint are about. */
export function mintSubject(postId: string): string {
  return `mint:${postId}`;
}
