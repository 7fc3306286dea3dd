import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { messageCache } from "@/lib/chat";
import * as store from "@/lib/chat/cache-store";
import type { StoredMessage } from "@/lib/chat/message";
import { deleteMessage, editMessage, pinMessage, setReaction } from "@/lib/chat/message-actions";
import { queryMessages } from "@/lib/chat/query-messages";
import type { Caller } from "@/lib/core/access-token";
import { waitForDeferredWork } from "@/lib/core/defer";
import { Prisma } from "@/lib/db";
import { keys, redis } from "@/lib/redis";
import { catchUp, createGroup, readMessages, sendTestMessage } from "@/tests/support/factories/chat-tools";
import { createPerson } from "@/tests/support/factories/people";
import { runs } from "@/tests/support/fuzz/runs";

let owner: Caller;
let member: Caller;
let chat: string;

beforeEach(async () => {
  [owner, member] = await Promise.all([createPerson(), createPerson()]);
});

/** The messages in Postgres, past the cache. */
const fromPostgres = (n = 50) => queryMessages(null, chat, Prisma.sql`ORDER BY x.seq DESC LIMIT ${n}`);
const marker = () => redis().get(keys.chatRevision(chat));

/** Operations in any order, with cache fills that read Postgres earlier and are written late. */
const operations = [
  ...["send", "edit", "delete", "pin", "unpin", "react", "lost send", "lost edit", "lost pin"],
  ...[
    "emptied",
    "evicted",
    "read",
    "read pinned",
    "read for a fill",
    "read some",
    "late fill",
    "late write-through",
  ],
] as const;

describe("any order of operations", () => {
  it("serves what Postgres has at the revision that was read", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom(...operations), fc.nat(30)), { minLength: 5, maxLength: 25 }),
        async (steps) => {
          chat = await createGroup([owner, member]);
          const late: (() => Promise<unknown>)[] = [];
          for (const [what, which] of steps) {
            await runOperation(what, which, late);
            // A read repairs the cache, so most steps are not followed by one.
            if (which % 3 === 0) await check();
          }
          await check();
        },
      ),
      { numRuns: runs(30) },
    );
  });

  async function check(): Promise<void> {
    const [served, expected] = [await readMessages(member, chat), await fromPostgres()];
    await waitForDeferredWork();
    expect(served.items).toEqual(expected.views);
    expect([served.revision, served.lastSeq]).toEqual([expected.revision, expected.lastSeq]);
    // What the cache has at the chat's revision equals Postgres.
    const cached = await store.readCachedRecent(chat, 50);
    if (cached?.revision === expected.revision && cached.messages.length === Math.min(50, expected.lastSeq)) {
      expect(cached.messages).toEqual(expected.stored);
    }
  }

  async function runOperation(
    what: (typeof operations)[number],
    which: number,
    late: (() => Promise<unknown>)[],
  ) {
    const { stored, revision } = await fromPostgres();
    const there = stored.filter(({ deletedAt }) => deletedAt === null);
    const message = there[which % Math.max(1, there.length)];
    const lose = async (work: () => Promise<unknown>) => {
      const before = await backup();
      await work();
      await waitForDeferredWork();
      const changed = (await fromPostgres()).stored.find((message) => message.revision > revision);
      // Redis never gets the change, or gets it later.
      await before();
      if (changed) late.push(() => store.storeMessage(changed, { isNewest: changed.seq > stored.length }));
    };
    if (what === "send") await sendTestMessage(owner, chat, `No. ${which}`);
    else if (what === "lost send") await lose(() => sendTestMessage(member, chat, `No. ${which}`));
    else if (what === "emptied") await redis().flushdb();
    else if (what === "evicted" && message) await redis().del(keys.chatMessage(message.id));
    else if (what === "read") await readMessages(member, chat, { limit: 1 + which });
    else if (what === "read pinned") {
      const pinned = await messageCache.getPinnedMessages(chat);
      const expected = await queryMessages(null, chat, Prisma.sql`AND x."pinnedAt" IS NOT NULL`);
      expect(pinned.map(({ id }) => id).sort()).toEqual(expected.stored.map(({ id }) => id).sort());
    } else if (what === "read for a fill") {
      late.push(() => store.fillCache(chat, "recent", { revision, messages: stored }));
    } else if (what === "read some") {
      late.push(() => store.fillCache(chat, "some", { revision: 0, messages: stored }));
    } else if (what === "late fill" || what === "late write-through") {
      const [work] = late.splice(which % Math.max(1, late.length), 1);
      await work?.();
    } else if (message) {
      if (what === "edit")
        await editMessage(owner, chat, message.id, { text: `Edited ${which}` }).catch(() => {});
      if (what === "lost edit")
        await lose(() => setReaction(member, chat, message.id, { emoji: "🔥", on: which % 2 === 0 }));
      if (what === "delete") await deleteMessage(owner, chat, message.id);
      if (what === "pin" || what === "unpin")
        await pinMessage(owner, chat, message.id, { pinned: what === "pin" });
      if (what === "lost pin")
        await lose(() => pinMessage(owner, chat, message.id, { pinned: which % 2 === 0 }));
      if (what === "react") await setReaction(owner, chat, message.id, { emoji: "👍", on: true });
    }
    await waitForDeferredWork();
  }

  /** Copies the chat's keys in Redis. @returns a function that restores them */
  async function backup(): Promise<() => Promise<void>> {
    const { stored } = await fromPostgres();
    const texts = await Promise.all(
      stored.map(async ({ id }) => [id, await redis().get<object>(keys.chatMessage(id))] as const),
    );
    const ids = await redis().lrange(keys.chatRecent(chat), 0, -1);
    const pinned = await redis().zrange<(string | number)[]>(keys.chatPinned(chat), 0, -1, {
      withScores: true,
    });
    const revision = await marker();
    return async () => {
      const now = (await fromPostgres()).stored.map(({ id }) => keys.chatMessage(id));
      await redis().del(keys.chatRecent(chat), keys.chatPinned(chat), keys.chatRevision(chat), ...now);
      for (const [id, message] of texts) {
        if (!message) continue;
        const { revision: first, ...rest } = message as StoredMessage;
        await redis().set(keys.chatMessage(id), JSON.stringify({ revision: first, ...rest }));
      }
      if (ids.length > 0) await redis().rpush(keys.chatRecent(chat), ...ids);
      for (let at = 0; at < pinned.length; at += 2) {
        await redis().zadd(keys.chatPinned(chat), {
          member: String(pinned[at]),
          score: Number(pinned[at + 1]),
        });
      }
      if (revision !== null) await redis().set(keys.chatRevision(chat), String(revision));
    };
  }
});

it("a client that catches up from any revision ends with what Postgres has", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom("send", "edit", "delete", "pin", "react"), fc.nat(20)), {
        minLength: 1,
        maxLength: 20,
      }),
      fc.nat(20),
      async (steps, at) => {
        chat = await createGroup([owner, member]);
        let client = await catchUp(member, chat);
        for (const [index, [what, which]] of steps.entries()) {
          const { stored } = await fromPostgres();
          const message = stored[which % Math.max(1, stored.length)];
          if (what === "send" || !message) await sendTestMessage(owner, chat, `No. ${which}`);
          else if (what === "delete") await deleteMessage(owner, chat, message.id);
          else if (!message.deletedAt) {
            if (what === "edit") await editMessage(owner, chat, message.id, { text: `Edited ${which}` });
            if (what === "pin") await pinMessage(member, chat, message.id, { pinned: which % 2 === 0 });
            if (what === "react")
              await setReaction(member, chat, message.id, { emoji: "🔥", on: which % 2 === 0 });
          }
          if (index === at) client = await catchUp(member, chat);
        }
        const messages = new Map(client.changed.map((message) => [message.id, message]));
        const { changed, revision } = await catchUp(member, chat, client.revision);
        for (const message of changed) messages.set(message.id, message);
        const expected = await fromPostgres();
        expect([...messages.values()].sort((a, b) => a.seq - b.seq)).toEqual(expected.views);
        expect(revision).toBe(expected.revision);
      },
    ),
    { numRuns: runs(15) },
  );
});
