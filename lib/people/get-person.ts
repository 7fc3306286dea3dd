import { cacheManager, personTag } from "../cache";
import { db } from "../db";
import { handleSchema, type Person } from "../schemas/person";

/**
 * What everybody may know of an account, from the cache until it changes; null when there is none, or its deletion was
 * requested.
 *
 * @param handle  case does not matter
 */
export async function getPerson(handle: string): Promise<Person | null> {
  const parsed = handleSchema.safeParse(handle);
  if (!parsed.success) return null;
  // Undefined is not cached.
  const person = await cacheManager.getOrSet("people", parsed.data, () => loadPerson(parsed.data), {
    tags: [personTag(parsed.data)],
  });
  return person ?? null;
}

async function loadPerson(handle: string): Promise<Person | undefined> {
  const row = await db().user.findUnique({
    where: { handle, deletedAt: null },
    select: { id: true, handle: true, name: true, role: true, createdAt: true },
  });
  return row ? { ...row, createdAt: row.createdAt.toISOString() } : undefined;
}
