import { v7 } from "uuid";
import { hashPassword, newReferralCode } from "@/lib/accounts";
import { addBotByToken } from "@/lib/bot";
import { waitForDeferredWork } from "@/lib/core/defer";
import { env } from "@/lib/core/env";
import { db, disconnectDb } from "@/lib/db";
import { chats } from "./seed/chats";
import { PASSWORD, people } from "./seed/people";
import { posts } from "./seed/posts";
import { products } from "./seed/products";
import { hasSound, uploadTrack } from "./seed/tracks";

/**
 * Fills an empty database with realistic users, posts, views, products and chats, and a blob store, if there is one,
 * with tracks that the app transcodes when it runs. For laptops: the password is public.
 * A post's id is a UUID of its creation time, since the feed is ordered by ids.
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
  const postIds: string[] = [];
  for (const [index, { author, hoursAgo, track, ...post }] of posts.entries()) {
    const authorUser = users[author];
    if (!authorUser) throw new Error(`post ${index} has no author`);
    const createdAt = new Date(now - hoursAgo * 3_600_000);
    // Deterministic: every user has seen some posts, and never their own.
    const viewers = users.filter(
      (user, userIndex) => user !== authorUser && (userIndex * 7 + index * 3) % 5 !== 0,
    );
    const id = v7({ msecs: createdAt.getTime() });
    postIds.push(id);
    await db().post.create({
      data: {
        ...post,
        id,
        authorId: authorUser.id,
        audioFileId: track && hasSound() ? await uploadTrack(authorUser.id, track) : null,
        createdAt,
        views: index === 0 ? 0 : post.viewsBase + viewers.length,
        viewsVersion: 1,
        postViews: { create: index === 0 ? [] : viewers.map(({ seq }) => ({ viewerSeq: seq })) },
      },
    });
  }
  await seedShop(
    users.map(({ id }) => id),
    now,
  );
  await seedChats(
    users.map(({ id }) => id),
    postIds,
    now,
  );
  await seedBot();
}

/** The administrators' bot, if there is a token. The app gives Telegram its address when it starts. */
async function seedBot(): Promise<void> {
  const { TELEGRAM_BOT_TOKEN: token } = env();
  if (token === undefined) return;
  const owner = await db().user.findFirstOrThrow({
    where: { role: "admin" },
    orderBy: { id: "asc" },
    select: { id: true },
  });
  await addBotByToken({ ownerId: owner.id, token, isAdministrators: true });
}

/** Indices into people: the demo listener and their referrer, who earns a bonus when the listener buys. */
const LISTENER_INDEX = 2;
const REFERRER_INDEX = 3;

async function seedShop(userIds: readonly string[], now: number): Promise<void> {
  for (const { seller, hoursAgo, track, ...product } of products) {
    const sellerId = userIds[seller];
    if (!sellerId) throw new Error(`${product.title} has no seller`);
    const createdAt = new Date(now - hoursAgo * 3_600_000);
    await db().product.create({
      data: {
        ...product,
        ...(track && hasSound() ? { assetUrl: null, audioFileId: await uploadTrack(sellerId, track) } : {}),
        ...{ id: v7({ msecs: createdAt.getTime() }), sellerId, createdAt },
      },
    });
  }
  await db().user.update({
    where: { id: userIds[LISTENER_INDEX] },
    data: { referredById: userIds[REFERRER_INDEX] },
  });
}

/** Creates the chats. Each message gets the seq and revision that lib/chat would give it, in order of time. */
async function seedChats(userIds: readonly string[], postIds: readonly string[], now: number): Promise<void> {
  const userIdAt = (person: number) => {
    const id = userIds[person];
    if (!id) throw new Error(`there is no person ${person}`);
    return id;
  };
  for (const { title, open, members, unread, messages } of chats) {
    const ids = messages.map(({ minutesAgo }) => v7({ msecs: now - minutesAgo * 60_000 }));
    const times = messages.map(({ minutesAgo }) => new Date(now - minutesAgo * 60_000));
    const first = new Date((times[0]?.getTime() ?? now) - 3_600_000);
    const pair = members.map(userIdAt).sort();
    const { id: chatId } = await db().chat.create({
      data: {
        id: v7({ msecs: first.getTime() }),
        ...(title === null ? { kind: "direct", directKey: pair.join(":") } : { kind: "group", title, open }),
        ...{ lastSeq: messages.length, revision: messages.length },
        ...{ lastMessageAt: times.at(-1) ?? null, createdAt: first },
        members: {
          create: members.map((person, index) => ({
            userId: userIdAt(person),
            role: title !== null && index === 0 ? "owner" : "member",
            readSeq: messages.length - (person === LISTENER_INDEX ? unread : 0),
            joinedAt: new Date(first.getTime() + index * 1_000),
          })),
        },
      },
      select: { id: true },
    });
    for (const [at, message] of messages.entries()) {
      const { by, text, replyTo, reactions = {}, pinned, edited, post, mentions = [] } = message;
      const createdAt = times[at] ?? first;
      const textWithMentions = text.replace(/\{(\d+)\}/g, (_, person: string) => {
        const [name, id] = [people[Number(person)]?.name ?? "", userIdAt(Number(person))];
        return `@[${name}](${id})`;
      });
      await db().chatMessage.create({
        data: {
          ...{ id: ids[at] ?? v7(), chatId, seq: at + 1, revision: at + 1, clientId: v7() },
          authorId: userIdAt(by),
          text: post === undefined ? textWithMentions : `${textWithMentions}\n/posts/${postIds[post]}`,
          replyToId: replyTo === undefined ? null : (ids[replyTo] ?? null),
          postId: post === undefined ? null : (postIds[post] ?? null),
          mentions: mentions.map(userIdAt),
          createdAt,
          editedAt: edited ? new Date(createdAt.getTime() + 60_000) : null,
          pinnedAt: pinned ? new Date(createdAt.getTime() + 120_000) : null,
          reactions: {
            create: Object.entries(reactions).flatMap(([emoji, given], turn) =>
              given.map((person, index) => ({
                userId: userIdAt(person),
                emoji,
                createdAt: new Date(createdAt.getTime() + (turn * 20 + index + 1) * 1_000),
              })),
            ),
          },
        },
      });
    }
  }
}

await seed();
// QStash is called after the commits.
await waitForDeferredWork();
await disconnectDb();
