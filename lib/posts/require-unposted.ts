import { AppError } from "../core/errors";
import type { Transaction } from "../db";

/**
 * Checks that no other post has a sound. The lock on the sound's row (`requireUsableUploads`) makes two posts with it
 * come one after the other.
 *
 * @throws {AppError} conflict
 */
export async function requireUnposted(tx: Transaction, audioFileId: string | null): Promise<void> {
  if (audioFileId === null) return;
  if (await tx.post.findFirst({ where: { audioFileId }, select: { id: true } }))
    throw new AppError("conflict", { message: "sound_already_posted", field: "audioFileId" });
}
