import { v7 } from "uuid";
import { hashPassword, newReferralCode } from "@/lib/accounts";
import { db, disconnectDb } from "@/lib/db";
import { PASSWORD, people } from "./seed/people";
import { posts } from "./seed/posts";
import { products } from "./seed/products";

/**
 * Fills an empty database with people, posts, views and products that look real. For laptops: the password is public.
 * Ids are UUIDs of the time a post was "written", since the feed is ordered by them.
 */
async function seed(): Promise<void> {
  const passwordHash = await hashPassword(PASSWORD);
  const confirmedAt = new Date();
  const users = await db().user.createManyAndReturn({
    data: people.map((person) => ({
      ...person,
      id: v7(),
      passwordHash,
      confirmedAt,
      referralCode: newReferralCode(),
    })),
    select: { id: true, seq: true },
  });
  const now = Date.now();
  for (const [index, { author, hoursAgo, ...post }] of posts.entries()) {
    const owner = users[author];
    if (!owner) throw new Error(`post ${index} is by nobody`);
    const createdAt = new Date(now - hoursAgo * 3_600_000);
    // Everybody has seen some: deterministic, and never one's own.
    const viewers = users.filter((user, seat) => user !== owner && (seat * 7 + index * 3) % 5 !== 0);
    await db().post.create({
      data: {
        ...post,
        id: v7({ msecs: createdAt.getTime() }),
        authorId: owner.id,
        createdAt,
        views: index === 0 ? 0 : post.viewsBase + viewers.length,
        viewsVersion: 1,
        postViews: { create: index === 0 ? [] : viewers.map(({ seq }) => ({ viewerSeq: seq })) },
      },
    });
  }
  await fillShop(
    users.map(({ id }) => id),
    now,
  );
}

/** Index into people: the demo listener, and who brought them. Somebody earns a bonus when they buy. */
const LISTENER = 2;
const REFERRER = 3;

async function fillShop(userIds: readonly string[], now: number): Promise<void> {
  for (const { seller, hoursAgo, ...product } of products) {
    const sellerId = userIds[seller];
    if (!sellerId) throw new Error(`${product.title} is sold by nobody`);
    const createdAt = new Date(now - hoursAgo * 3_600_000);
    await db().product.create({
      data: { ...product, id: v7({ msecs: createdAt.getTime() }), sellerId, createdAt },
    });
  }
  await db().user.update({
    where: { id: userIds[LISTENER] },
    data: { referredById: userIds[REFERRER] },
  });
}

await seed();
await disconnectDb();
