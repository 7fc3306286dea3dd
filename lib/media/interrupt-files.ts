import { db, type Transaction, transaction } from "../db";
import type { FileProblem } from "../schemas/media-file";
import { refuseFile } from "./refuse-file";

/** The problem of a file on which nothing works any more. A task that an operator replays solves it. */
export const INTERRUPTED = "interrupted" satisfies FileProblem;

/** Files of one run; the next run continues. */
const BATCH_SIZE = 100;

/** Refuses a file that is being processed because nothing works on it any more. Another status stays as it is. */
export async function interruptFile(tx: Transaction, fileId: string): Promise<void> {
  const rows = await tx.$queryRaw<unknown[]>`
SELECT 1 FROM "MediaFile"
WHERE id = ${fileId}::uuid AND "ownerId" IS NOT NULL AND status = 'processing' FOR UPDATE`;
  if (rows.length > 0) await refuseFile(tx, fileId, INTERRUPTED);
}

/**
 * Refuses the files that are being processed and have no unfinished task: a task that ends without its result
 * interrupts its file itself, and this is for what it did not reach. Safe to repeat.
 *
 * @returns how many
 */
export async function interruptStalledFiles(): Promise<number> {
  const ids = await findStalled(db());
  let interrupted = 0;
  for (const id of ids) {
    await transaction(async (tx) => {
      await tx.$executeRaw`SELECT 1 FROM "MediaFile" WHERE id = ${id}::uuid FOR UPDATE`;
      // A later statement than the lock, so that it sees a task that was enqueued before.
      const [stalled] = await findStalled(tx, id);
      if (stalled === undefined) return;
      await refuseFile(tx, id, INTERRUPTED);
      interrupted += 1;
    });
  }
  return interrupted;
}

/** @param id  null: any */
async function findStalled(
  client: Pick<Transaction, "$queryRaw">,
  id: string | null = null,
): Promise<string[]> {
  const rows = await client.$queryRaw<{ id: string }[]>`
SELECT f.id::text AS id FROM "MediaFile" f
WHERE f.status = 'processing' AND f."ownerId" IS NOT NULL AND (${id}::uuid IS NULL OR f.id = ${id}::uuid)
  AND f.id::text NOT IN (
    SELECT t.payload ->> 'fileId' FROM "Task" t
    WHERE t.queue IN ('file-processing', 'audio-transcoding') AND t.state IN ('pending', 'published', 'running')
      AND t.payload ->> 'fileId' IS NOT NULL)
LIMIT ${BATCH_SIZE}`;
  return rows.map((row) => row.id);
}
