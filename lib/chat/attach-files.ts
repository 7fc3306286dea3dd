import { z } from "zod";
import type { Caller } from "../core/access-token";
import { AppError } from "../core/errors";
import { db, type Transaction } from "../db";
import type { StoredMessage } from "./message";

const filesSchema = z.array(
  z.object({
    id: z.uuid(),
    name: z.string(),
    type: z.string(),
    bytes: z.int(),
    width: z.int().nullable(),
    height: z.int().nullable(),
  }),
);

/**
 * Attaches files to a message that was just written. Each must belong to the author and to no other message. Three
 * statements.
 * @throws {AppError} bad_request; the transaction must then roll back
 */
export async function attachFiles(
  tx: Transaction,
  { userId }: Pick<Caller, "userId">,
  messageId: string,
  fileIds: readonly string[],
): Promise<StoredMessage["attachments"]> {
  const ids = [...new Set(fileIds)];
  // The lock serializes two messages with the same file: the second one's next statement sees the first one's rows.
  const rows = await tx.$queryRaw`
SELECT f.id, f.name, f.type, f.bytes, f.width, f.height FROM "MediaFile" f
WHERE f.id = ANY(${ids}::uuid[]) AND f."ownerId" = ${userId}::uuid AND f.purpose = 'attachment' ORDER BY f.id FOR UPDATE`;
  const files = new Map(filesSchema.parse(rows).map((file) => [file.id, file]));
  const attachedCount = await tx.chatAttachment.count({ where: { fileId: { in: ids } } });
  if (files.size < ids.length || attachedCount > 0) {
    throw new AppError("bad_request", { message: "file_not_yours", field: "attachmentIds" });
  }
  await tx.chatAttachment.createMany({
    data: ids.map((fileId, index) => ({ messageId, fileId, position: index + 1 })),
  });
  return ids.flatMap((id) => files.get(id) ?? []);
}

/** Whether a user may read a file because it is attached to a message that they can read. One statement. */
export async function mayReadFile(userId: string, fileId: string): Promise<boolean> {
  const rows = await db().$queryRaw<unknown[]>`
SELECT 1 FROM "ChatAttachment" a
JOIN "ChatMessage" x ON x.id = a."messageId" AND x."deletedAt" IS NULL
JOIN "User" u ON u.id = x."authorId" AND u."deletedAt" IS NULL
JOIN "ChatMember" m ON m."chatId" = x."chatId" AND m."userId" = ${userId}::uuid AND m."leftAt" IS NULL
WHERE a."fileId" = ${fileId}::uuid LIMIT 1`;
  return rows.length > 0;
}
