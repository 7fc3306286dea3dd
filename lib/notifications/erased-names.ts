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

interface Row {
  kind: string;
  data: unknown;
}

/**
 * Removes names and ids of accounts that are being erased, as their erasure will do in Postgres (erase-account.ts). One
 * statement when a notification names anyone.
 */
export async function withoutErasedNames<R extends Row>(rows: readonly R[]): Promise<R[]> {
  return (await findNamed(rows)).map(({ row }) => row);
}

/** The same, and with the handles that the named users have now (`authorHandle`, `byHandle`), for links to their pages. */
export async function withHandles<R extends Row>(rows: readonly R[]): Promise<R[]> {
  return (await findNamed(rows)).map(({ row, handle }) => {
    if (handle === null) return row;
    const field = row.kind === "mention" ? "authorHandle" : "byHandle";
    return { ...row, data: { ...namedSchema.parse(row.data), [field]: handle } };
  });
}

/** Each row without an erased name, and the handle of the user whom it names. */
async function findNamed<R extends Row>(rows: readonly R[]): Promise<{ row: R; handle: string | null }[]> {
  const ids = rows.map(({ kind, data }) => namedUserId(kind, data)).filter((id) => id !== null);
  const accounts =
    ids.length === 0
      ? []
      : await db().user.findMany({
          where: { id: { in: [...new Set(ids)] } },
          select: { id: true, handle: true, deletedAt: true },
        });
  const accountsById = new Map(accounts.map((account) => [account.id, account]));
  return rows.map((row) => {
    const id = namedUserId(row.kind, row.data);
    const account = id === null ? undefined : accountsById.get(id);
    if (account === undefined || account.deletedAt === null) return { row, handle: account?.handle ?? null };
    const { authorId: _author, byId: _by, ...data } = namedSchema.parse(row.data);
    const name = row.kind === "mention" ? "authorName" : "byName";
    return { row: { ...row, data: { ...data, [name]: null } }, handle: null };
  });
}
