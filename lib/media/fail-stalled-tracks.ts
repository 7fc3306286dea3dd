import { db, transaction } from "../db";
import { publishTrackChanged } from "./file-users";

/** Tracks of one run; the next run continues. */
const BATCH_SIZE = 100;

/**
 * Marks tracks as failed whose task was cancelled, or is dead: nothing works on them any more. They have no problem that
 * their owner could solve. When an operator replays the task, the track becomes ready after all. Safe to repeat.
 *
 * @returns how many
 */
export async function failStalledTracks(): Promise<number> {
  const stalled = await db().$queryRaw<{ fileId: string }[]>`
SELECT track."fileId"::text AS "fileId" FROM "Track" track JOIN "Task" task ON task.id = track."taskId"
WHERE track.status = 'processing' AND task.state IN ('dead', 'cancelled') LIMIT ${BATCH_SIZE}`;
  for (const { fileId } of stalled) {
    await transaction(async (tx) => {
      const { count } = await tx.track.updateMany({
        where: { fileId, status: "processing" },
        data: { status: "failed" },
      });
      if (count > 0) await publishTrackChanged(tx, fileId, "failed");
    });
  }
  return stalled.length;
}
