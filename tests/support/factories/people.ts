import { cacheManager } from "@/lib/cache";
import type { Caller } from "@/lib/core/access-token";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";

/** Inserts a user with a confirmed address (hashing a password would take 30 ms). */
export async function createPerson(role: Caller["role"] = "listener"): Promise<Caller> {
  const [person] = await createPeople(1, role);
  if (!person) throw new Error("no user was created");
  return person;
}

export async function createPeople(count: number, role: Caller["role"] = "listener"): Promise<Caller[]> {
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
  return rows.map(({ id, ...row }) => ({ userId: id, ...row }));
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
