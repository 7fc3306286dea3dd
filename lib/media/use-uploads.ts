import { z } from "zod";
import type { Caller } from "../core/access-token";
import { AppError } from "../core/errors";
import type { Transaction } from "../db";
import { FilePurpose, FileStatus } from "../schemas/enums";

const rowsSchema = z.array(
  z.object({ id: z.uuid(), purpose: z.enum(FilePurpose), status: z.enum(FileStatus) }),
);

/** The purpose of the uploads that a field may name. */
const PURPOSES = {
  audioFileId: "audio",
  coverFileId: "cover",
  pictureFileId: "cover",
} as const satisfies Record<string, FilePurpose>;

type UploadField = keyof typeof PURPOSES;

/**
 * Checks that a post, a product or a profile may use uploads of the caller's, and locks their rows: neither a deletion nor the tidy
 * takes them before the transaction ends, and two posts with one sound come one after the other.
 *
 * @throws {AppError} not_found, also for another user's file; bad_request for a file of another purpose; conflict for
 *         one that has not arrived or was refused
 */
export async function requireUsableUploads(
  tx: Transaction,
  { userId }: Pick<Caller, "userId">,
  used: Partial<Record<UploadField, string | null>>,
): Promise<void> {
  const wanted = (Object.keys(PURPOSES) as UploadField[]).flatMap((field) => {
    const id = used[field] ?? null;
    return id === null ? [] : { field, id };
  });
  const ids = wanted.map(({ id }) => id);
  if (ids.length === 0) return;
  const rows = await tx.$queryRaw`
SELECT id, purpose::text AS purpose, status::text AS status FROM "MediaFile"
WHERE id = ANY(${ids}::uuid[]) AND "ownerId" = ${userId}::uuid AND "cancelledAt" IS NULL ORDER BY id FOR UPDATE`;
  const files = new Map(rowsSchema.parse(rows).map((file) => [file.id, file]));
  for (const { field, id } of wanted) {
    const file = files.get(id);
    if (!file) throw new AppError("not_found", { message: "file_not_found", field });
    if (file.purpose !== PURPOSES[field])
      throw new AppError("bad_request", { message: "upload_wrong_purpose", field });
    if (file.status === "uploading" || file.status === "refused")
      throw new AppError("conflict", { message: "upload_unusable", field });
  }
}
