import { createHash } from "node:crypto";
import { now } from "../core/clock";
import { AppError } from "../core/errors";
import { newId } from "../core/ids";
import { retentionCutoff } from "../core/retention";
import type { Transaction } from "./client";
import { deleteExpired } from "./delete-expired";

/** A write that its client may repeat. */
export interface RepeatableWrite {
  userId: string;
  /** What is written; a key is unique per user and scope. */
  scope: "post" | "product" | "chat" | "file" | "upload" | "admission" | "refund" | "bot";
  /** Made by the client; without one, every call is a new write. */
  key: string | undefined;
  /** Everything that the write depends on, as JSON or as bytes. */
  input: unknown;
}

/**
 * Claims the write's key in the transaction of the write: both commit or neither does, so a write that failed can be
 * repeated with the same key. A concurrent repeat waits here for the first, and then is a repeat or the first itself.
 *
 * @param resultId  id of the row that the write adds or changes; by default a new one
 * @returns the id, and whether an earlier write under the key has committed: the caller then writes nothing and answers
 *          with that row
 * @throws {AppError} conflict when the key was used for another input
 */
export async function claimIdempotencyKey(
  tx: Transaction,
  write: RepeatableWrite,
  resultId = newId(),
): Promise<{ id: string; isRepeat: boolean }> {
  const { userId, scope, key } = write;
  if (key === undefined) return { id: resultId, isRepeat: false };
  const inserted = await tx.$executeRaw`
INSERT INTO "IdempotencyKey" ("userId", scope, key, fingerprint, "resultId", "createdAt")
VALUES (${userId}::uuid, ${scope}, ${key}, ${fingerprintOf(write.input)}, ${resultId}::uuid, ${new Date(now())})
ON CONFLICT DO NOTHING`;
  if (inserted > 0) return { id: resultId, isRepeat: false };
  const id = await findRepeatedWrite(tx, write);
  // Deleted by the tidy in between: no client repeats a request after days.
  if (id === null) throw new AppError("conflict");
  return { id, isRepeat: true };
}

/**
 * The row of an earlier write under the same key; null when there is none. For work that should not be done twice
 * before the transaction: only {@link claimIdempotencyKey} decides.
 *
 * @throws {AppError} conflict when the key was used for another input
 */
export async function findRepeatedWrite(
  client: Pick<Transaction, "idempotencyKey">,
  { userId, scope, key, input }: RepeatableWrite,
): Promise<string | null> {
  if (key === undefined) return null;
  const row = await client.idempotencyKey.findUnique({
    where: { userId_scope_key: { userId, scope, key } },
    select: { fingerprint: true, resultId: true },
  });
  if (row && row.fingerprint !== fingerprintOf(input))
    throw new AppError("conflict", { message: "idempotency_key_reused" });
  return row?.resultId ?? null;
}

function fingerprintOf(input: unknown): string {
  const bytes = input instanceof Uint8Array ? input : JSON.stringify(input);
  return createHash("sha256").update(bytes).digest("hex");
}

/** Deletes old keys. @returns how many */
export function tidyIdempotencyKeys(deadlineMs: number): Promise<number> {
  const before = retentionCutoff("idempotencyKeys");
  // The primary key has three columns, so a row is identified by its physical address.
  return deleteExpired({ table: "IdempotencyKey", id: "ctid", at: "createdAt", before }, deadlineMs);
}
