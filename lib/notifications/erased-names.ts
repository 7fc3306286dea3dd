import { z } from "zod";
import { db } from "../db";

const namedSchema = z.looseObject({
  authorId: z.uuid().optional(),
  byId: z.uuid().optional(),
});

/** The user who is named in a notification about a mention or an invitation; null for other kinds. */
export function namedUserId(kind: string, data: unknown): string | null {
  if (kind !== "mention" && kind !== "chat_invite") return null;
  const named = namedSchema.safeParse(data).data;
  return named?.authorId ?? named?.byId ?? null;
}

/**
 * Removes names and ids of accounts that are being erased, as their erasure will do in Postgres (erase-account.ts). One
 * statement when a notification names anyone.
 */
export async function withoutErasedNames<R extends { kind: string; data: unknown }>(
  rows: readonly R[],
): Promise<R[]> {
  const ids = rows.map(({ kind, data }) => namedUserId(kind, data)).filter((id) => id !== null);
  if (ids.length === 0) return [...rows];
  const accounts = await db().user.findMany({
    where: { id: { in: [...new Set(ids)] }, deletedAt: { not: null } },
    select: { id: true },
  });
  const erased = new Set(accounts.map(({ id }) => id));
  return rows.map((row) => {
    const id = namedUserId(row.kind, row.data);
    if (id === null || !erased.has(id)) return row;
    const { authorId: _author, byId: _by, ...data } = namedSchema.parse(row.data);
    const name = row.kind === "mention" ? "authorName" : "byName";
    return { ...row, data: { ...data, [name]: null } };
  });
}
