import { defer } from "../core/defer";
import { afterCommit, type Transaction } from "../db";
import { type Blobs, deleteQuietly } from "./transcode/run";

/** Deletes blobs that nothing needs once the transaction has committed; what fails is left to the tidy. */
export function deleteBlobsAfterCommit(tx: Transaction, blobs: Blobs): void {
  if (blobs.private.length + blobs.public.length === 0) return;
  afterCommit(tx, () => defer(() => deleteQuietly(blobs)));
}
