import { cacheManager, personTag } from "../cache";
import { db } from "../db";
import { coverFileColumns, toCoverView } from "../media";
import { handleSchema } from "../schemas/handle";
import type { Person } from "../schemas/person";
import { profileLinksSchema } from "../schemas/profile";

/**
 * What everybody may know of an account, from the cache until it changes; null when there is none, or its deletion was
 * requested.
 *
 * @param handle  of now, or one that the account had before; case does not matter
 */
export async function getPerson(handle: string): Promise<Person | null> {
  const parsed = handleSchema.safeParse(handle);
  if (!parsed.success) return null;
  const person = await getPresentPerson(parsed.data);
  if (person) return person;
  const former = await db().formerHandle.findUnique({
    where: { handle: parsed.data },
    select: { user: { select: { handle: true } } },
  });
  return former && ((await getPresentPerson(former.user.handle)) ?? null);
}

/** Undefined is not cached. */
const getPresentPerson = (handle: string) =>
  cacheManager.getOrSet("people", handle, () => loadPerson(handle), { tags: [personTag(handle)] });

async function loadPerson(handle: string): Promise<Person | undefined> {
  const row = await db().user.findUnique({
    where: { handle, deletedAt: null },
    select: {
      ...{ id: true, handle: true, name: true, role: true, createdAt: true, bio: true, links: true },
      pictureFile: coverFileColumns,
    },
  });
  if (!row) return undefined;
  const { pictureFile, ...person } = row;
  return {
    ...person,
    links: profileLinksSchema.parse(row.links),
    picture: toCoverView(pictureFile),
    createdAt: row.createdAt.toISOString(),
  };
}
