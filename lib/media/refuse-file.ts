import type { Transaction } from "../db";
import type { FileProblem } from "../schemas/media-file";
import { publishTrackChanged } from "./file-users";

/**
 * Marks a file as one that cannot be used, and a sound's track as failed, so that posts with it say so. The transaction
 * must have the file's row locked, or lock nothing after it.
 */
export async function refuseFile(tx: Transaction, fileId: string, problem: FileProblem): Promise<void> {
  const { purpose } = await tx.mediaFile.update({
    where: { id: fileId },
    data: { status: "refused", problem },
    select: { purpose: true },
  });
  if (purpose !== "audio") return;
  const failed = { status: "failed", problem } as const;
  await tx.track.upsert({ where: { fileId }, create: { fileId, ...failed }, update: failed });
  await publishTrackChanged(tx, fileId, "failed");
}
