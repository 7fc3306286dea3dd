import { beforeEach, describe, expect, it } from "vitest";
import { messageCache } from "@/lib/chat";
import * as store from "@/lib/chat/cache-store";
import type { StoredMessage } from "@/lib/chat/message";
import { editMessage, pinMessage } from "@/lib/chat/message-actions";
import { queryMessages } from "@/lib/chat/query-messages";
import type { Caller } from "@/lib/core/access-token";
import { waitForDeferredWork } from "@/lib/core/defer";
import { db, Prisma } from "@/lib/db";
import { keys, redis, ttlSeconds } from "@/lib/redis";
import {
  createGroup,
  createMessages,
  readMessages,
  sendTestMessage,
} from "@/tests/support/factories/chat-tools";
import { createPeople } from "@/tests/support/factories/people";

let owner: Caller;
let member: Caller;
let chat: string;

beforeEach(async () => {
  [owner, member] = await createPeople(2);
  chat = await createGroup([owner, member]);
});

/** The messages in Postgres, past the cache. */
const fromPostgres = (n = 50) => queryMessages(null, chat, Prisma.sql`ORDER BY x.seq DESC LIMIT ${n}`);
const marker = () => redis().get(keys.chatRevision(chat));

async function write(text: string): Promise<StoredMessage> {
  const { message } = await sendTestMessage(owner, chat, text);
  await waitForDeferredWork();
  const { stored } = await fromPostgres();
  return stored.find(({ id }) => id === message.id) ?? expect.fail("not there");
}

describe("the message cache", () => {
  it("is filled by the first reader, and later messages are written through", async () => {
    const first = await write("One");
    expect(await marker()).toBeNull();
    // Single messages are cached all the same.
    expect(await messageCache.getCachedMessage(first.id)).toEqual(first);
    expect(await messageCache.getRecentMessages(chat, 50)).toEqual([first]);
    await waitForDeferredWork();
    expect(await store.readCachedRecent(chat, 50)).toEqual({ revision: 1, messages: [first] });

    const second = await write("Two");
    expect(await store.readCachedRecent(chat, 50)).toEqual({ revision: 2, messages: [first, second] });
    expect(await store.readCachedRecent(chat, 1)).toEqual({ revision: 2, messages: [second] });
    expect(await messageCache.getRecentMessages(chat, 1)).toEqual([second]);
    await editMessage(owner, chat, first.id, { text: "One!" });
    await waitForDeferredWork();
    expect((await store.readCachedRecent(chat, 50))?.messages.map(({ text }) => text)).toEqual([
      "One!",
      "Two",
    ]);
    expect(await messageCache.getCachedMessage(first.id)).toMatchObject({ text: "One!", revision: 3 });
  });

  it("keeps the newest 50 messages, with the TTLs of the keys", async () => {
    const ids = await createMessages(owner, chat, { to: 53 });
    await readMessages(owner, chat);
    await waitForDeferredWork();
    const last = await write("No. 54");
    expect(await redis().lrange(keys.chatRecent(chat), 0, -1)).toEqual(
      [last.id, ...ids.reverse()].slice(0, 50),
    );
    const ttlOf = async (key: string) => redis().ttl(key);
    expect(await ttlOf(keys.chatMessage(last.id))).toBeGreaterThan(ttlSeconds.chatMessage - 60);
    for (const key of [keys.chatMessages(chat), keys.chatRecent(chat), keys.chatRevision(chat)]) {
      expect(await ttlOf(key)).toBeGreaterThan(ttlSeconds.chat - 60);
    }
  });

  it("is not trusted when it missed any change", async () => {
    const first = await write("One");
    await readMessages(owner, chat);
    await waitForDeferredWork();
    // As if the process had died after its commit.
    await db().$executeRaw`UPDATE "Chat" SET revision = 2 WHERE id = ${chat}::uuid`;
    await db().chatMessage.update({ where: { id: first.id }, data: { text: "Lost", revision: 2 } });
    expect((await readMessages(owner, chat)).items[0]?.text).toBe("Lost");
    await waitForDeferredWork();
    expect(await store.readCachedRecent(chat, 50)).toMatchObject({
      revision: 2,
      messages: [{ text: "Lost" }],
    });

    // One change is lost and the next arrives: the list is deleted.
    await db().$executeRaw`UPDATE "Chat" SET revision = 3 WHERE id = ${chat}::uuid`;
    await db().chatMessage.update({ where: { id: first.id }, data: { text: "Again", revision: 3 } });
    await write("Two");
    expect(await store.readCachedRecent(chat, 50)).toBeNull();
    // The lost change arrives late, and twice.
    for (let round = 0; round < 2; round += 1) {
      await messageCache.updateCachedMessage({ ...first, text: "Lost", revision: 2 });
      expect(await store.readCachedRecent(chat, 50)).toBeNull();
      expect((await readMessages(owner, chat)).items.map(({ text }) => text)).toEqual(["Again", "Two"]);
      await waitForDeferredWork();
      await redis().del(keys.chatRevision(chat));
    }
  });

  it("rejects a fill that was read before a later change", async () => {
    await write("One");
    const { stored } = await fromPostgres();
    await write("Two");
    await readMessages(owner, chat);
    await waitForDeferredWork();
    expect(await store.fillCache(chat, "recent", { revision: 1, messages: stored })).toBe(false);
    expect((await store.readCachedRecent(chat, 50))?.messages).toHaveLength(2);
  });

  it("has pinned messages at their revision too, including an empty list", async () => {
    const first = await write("One");
    expect(await messageCache.getPinnedMessages(chat)).toEqual([]);
    await waitForDeferredWork();
    expect(await store.readCachedPinned(chat)).toEqual({ revision: 1, messages: [] });
    const second = await write("Two");
    await pinMessage(owner, chat, second.id, { pinned: true });
    await pinMessage(owner, chat, first.id, { pinned: true });
    await waitForDeferredWork();
    expect((await store.readCachedPinned(chat))?.messages.map(({ text }) => text).sort()).toEqual([
      "One",
      "Two",
    ]);
    expect((await messageCache.getPinnedMessages(chat)).map(({ id }) => id)).toEqual([second.id, first.id]);
    await pinMessage(owner, chat, second.id, { pinned: false });
    await waitForDeferredWork();
    expect((await store.readCachedPinned(chat))?.messages.map(({ id }) => id)).toEqual([first.id]);
    const [pinned] = await messageCache.getPinnedMessages(chat);
    if (!pinned) throw new Error("not pinned");
    await messageCache.deleteCachedMessage(first.id, chat);
    expect(await store.readCachedPinned(chat)).toBeNull();
    await messageCache.cachePinnedMessage(pinned);
    expect(await messageCache.getPinnedMessages(chat)).toEqual([pinned]);
  });

  it("evicts a message, a chat and everything, and counts entries", async () => {
    await messageCache.clearAllCache();
    const [first, second] = [await write("One"), await write("Two")];
    await messageCache.warmUpCache(chat, [first, second]);
    expect((await store.readCachedRecent(chat, 50))?.messages).toEqual([first, second]);
    expect(await messageCache.getStats()).toEqual({ totalCachedMessages: 2, totalChats: 1 });

    await messageCache.deleteCachedMessage(second.id, chat);
    expect(await messageCache.getCachedMessage(second.id)).toBeNull();
    expect(await messageCache.getRecentMessages(chat, 50)).toEqual([first, second]);
    await waitForDeferredWork();
    await messageCache.invalidateCache(chat);
    expect(await messageCache.getStats()).toEqual({ totalCachedMessages: 0, totalChats: 0 });
    await messageCache.cacheMultipleMessages([first, second]);
    expect(await messageCache.getCachedMessage(second.id)).toEqual(second);
    await messageCache.cacheMultipleMessages([{ ...second, revision: 1, text: "Older" }]);
    expect(await messageCache.getCachedMessage(second.id)).toEqual(second);
    await messageCache.clearAllCache();
    expect(await redis().keys("webchat:*")).not.toContainEqual(expect.stringMatching(/message|chat:/));
  });

  it("does not restore an evicted message of a list from an earlier revision", async () => {
    const first = await write("One");
    await readMessages(owner, chat);
    await waitForDeferredWork();
    await pinMessage(owner, chat, first.id, { pinned: true });
    await write("Two");
    await waitForDeferredWork();
    await redis().del(keys.chatMessage(first.id));
    await messageCache.updateCachedMessage(first);
    await messageCache.cacheMultipleMessages([first]);
    expect(await messageCache.getCachedMessage(first.id)).toBeNull();
    const [served] = await messageCache.getRecentMessages(chat, 50);
    expect(served?.pinnedAt).not.toBeNull();
  });

  it("counts a chat from its first message on", async () => {
    await messageCache.clearAllCache();
    await messageCache.cacheMessage(await write("One"));
    await waitForDeferredWork();
    expect(await messageCache.getStats()).toEqual({ totalCachedMessages: 1, totalChats: 1 });
  });

  it("treats an invalid entry as a miss", async () => {
    const first = await write("One");
    await readMessages(owner, chat);
    await waitForDeferredWork();
    await redis().set(keys.chatMessage(first.id), "{broken");
    expect(await messageCache.getCachedMessage(first.id)).toBeNull();
    expect((await readMessages(owner, chat)).items.map(({ text }) => text)).toEqual(["One"]);
  });
});
