import { cacheManager } from "@/lib/cache";
import type { Caller } from "@/lib/core/access-token";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";

/** Inserts a user with a confirmed address (hashing a password would take 30 ms). */
export async function createPerson(role: Caller["role"] = "listener"): Promise<Caller> {
  const [person] = await createPeople(1, role);
  return person;
}

/** A test names each of a few people. */
interface FewPeople {
  1: [Caller];
  2: [Caller, Caller];
  3: [Caller, Caller, Caller];
  4: [Caller, Caller, Caller, Caller];
}
type People<N extends number> = N extends keyof FewPeople ? FewPeople[N] : Caller[];

export async function createPeople<const N extends number>(
  count: N,
  role: Caller["role"] = "listener",
): Promise<People<N>> {
  const rows = await db().user.createManyAndReturn({
    data: Array.from({ length: count }, () => {
      const id = newId();
      return {
        id,
        email: `${id}@test.example`,
        name: `Person ${id.slice(-8)}`,
        passwordHash: "none",
        confirmedAt: new Date(),
        role,
        referralCode: id,
      };
    }),
    select: { id: true, seq: true, role: true, name: true },
  });
  return rows.map(({ id, ...row }) => ({ userId: id, ...row })) as People<N>;
}

/** The handle that the database made of a person's name. */
export async function handleOf({ userId }: Pick<Caller, "userId">): Promise<string> {
  return (await db().user.findUniqueOrThrow({ where: { id: userId }, select: { handle: true } })).handle;
}

export async function createTestPost(author: Caller, viewsBase = 0): Promise<string> {
  const id = newId();
  await db().post.create({
    data: { id, authorId: author.userId, title: "A track", text: "", viewsBase, views: viewsBase },
  });
  // As lib/posts does when a post is created.
  await cacheManager.invalidateTag("feed");
  return id;
}

/** The two numbers that must always be equal: `views`, and `viewsBase` plus the rows of PostView. */
export async function persistedViews(postId: string): Promise<{ views: number; rows: number; base: number }> {
  const post = await db().post.findUniqueOrThrow({
    where: { id: postId },
    select: { views: true, viewsBase: true, _count: { select: { postViews: true } } },
  });
  return { views: post.views, rows: post._count.postViews, base: post.viewsBase };
}
