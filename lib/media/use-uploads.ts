import { z } from "zod";
import type { Caller } from "../core/access-token";
import { AppError } from "../core/errors";
import type { Transaction } from "../db";
import { FilePurpose, FileStatus } from "../schemas/enums";

const rowsSchema = z.array(
  z.object({ id: z.uuid(), purpose: z.enum(FilePurpose), status: z.enum(FileStatus) }),
);

interface UsedUploads {
  audioFileId: string | null;
  coverFileId: string | null;
}

/**
 * Checks that a post or a product may use uploads of the caller's, and locks their rows: neither a deletion nor the tidy
 * takes them before the transaction ends, and two posts with one sound come one after the other.
 *
 * @throws {AppError} not_found, also for another user's file; bad_request for a file of another purpose; conflict for
 *         one that has not arrived or was refused
 */
export async function requireUsableUploads(
  tx: Transaction,
  { userId }: Caller,
  used: UsedUploads,
): Promise<void> {
  const wanted = [
    { field: "audioFileId", id: used.audioFileId, purpose: "audio" },
    { field: "coverFileId", id: used.coverFileId, purpose: "cover" },
  ] as const;
  const ids = wanted.flatMap(({ id }) => id ?? []);
  if (ids.length === 0) return;
  const rows = await tx.$queryRaw`
SELECT id, purpose::text AS purpose, status::text AS status FROM "MediaFile"
WHERE id = ANY(${ids}::uuid[]) AND "ownerId" = ${userId}::uuid AND "cancelledAt" IS NULL ORDER BY id FOR UPDATE`;
  const files = new Map(rowsSchema.parse(rows).map((file) => [file.id, file]));
  for (const { field, id, purpose } of wanted) {
    if (id === null) continue;
    const file = files.get(id);
    if (!file) throw new AppError("not_found", { message: "file_not_found", field });
    if (file.purpose !== purpose)
      throw new AppError("bad_request", { message: "upload_wrong_purpose", field });
    if (file.status === "uploading" || file.status === "refused")
      throw new AppError("conflict", { message: "upload_unusable", field });
  }
}
