import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { Redis } from "@upstash/redis";
import { afterAll, beforeEach, expect, it } from "vitest";
import { z } from "zod";
import * as cacheStore from "@/lib/cache/store";
import * as chatStore from "@/lib/chat/cache-store";
import { storedMessageSchema } from "@/lib/chat/message";
import { newId } from "@/lib/core/ids";
import { readCachedBoard, seizeLease, storeBoards, storeSums } from "@/lib/leaderboards/board-store";
import { getSpan } from "@/lib/leaderboards/period";
import * as presenceStore from "@/lib/presence/presence-store";
import { SharedLimiter } from "@/lib/rate-limit/shared-limiter";
import { appendEvent, MAX_LOG_ENTRIES, readLog, readLogHeads } from "@/lib/realtime/channel-log";
import { resetChannels } from "@/lib/realtime/reset-channels";
import { keys, redis, redisService, withLock } from "@/lib/redis";
import { MAX_MEMBERS, MAX_PINNED, MAX_TEXT_LENGTH, RECENT_LIMIT } from "@/lib/schemas/limits";
import { MAX_SESSIONS_PER_USER } from "@/lib/sessions/limits";
import * as sessionStore from "@/lib/sessions/store";
import { getViewSyncState } from "@/lib/views";
import { takeOverViews } from "@/lib/views/counter/batch-scripts";
import { claimBatch, finishBatch } from "@/lib/views/sync-views";
import { liveViews } from "@/lib/views/view-counter";
import { startScriptMeter } from "@/tests/support/factories/script-meter";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

/** The scripts of every domain with the most data that it allows. A hot post has a file of its own. */

requireRealStack();

const MAX_SCRIPT_MS = 20;
/** Another process may interrupt all of one round's scripts, but hardly those of five. */
const ROUNDS = 5;
const MILLION = 1_000_000;

const meter = await startScriptMeter();
const times: string[] = [];
const called = new Set<string>();

beforeEach(() => redis().flushdb());
afterAll(async () => {
  process.stdout.write(`${times.join("\n")}\n`);
  await meter.close();
});

async function expectShort(
  what: string,
  prepare: () => Promise<unknown>,
  work: () => Promise<unknown>,
  rounds = ROUNDS,
) {
  await prepare();
  await work();
  const ms = await meter.longestScriptMs(rounds, prepare, work);
  times.push(`${what.padEnd(60)} ${ms.toFixed(1).padStart(6)} ms`);
  for (const name of Object.keys(redisService().metrics())) called.add(name.replace(/^script:/, ""));
  expect.soft(ms, what).toBeLessThan(MAX_SCRIPT_MS);
}

const nothing = async () => {};
const ids = (count: number) => Array.from({ length: count }, newId);
const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);

/** Of one call, which Redis would call endless if it took seconds. */
const FILLED_AT_ONCE = 50_000;

/** A sorted set of so many members, `prefix1`, `prefix2`, …, with the score `first` and more. */
async function fillSorted(key: string, count: number, prefix: string, first: number, step = 0) {
  for (let from = 1; from <= count; from += FILLED_AT_ONCE)
    await meter.fill(
      `for n = ARGV[1], ARGV[2], 1000 do
         local args = {}
         for i = n, math.min(n + 999, ARGV[2]) do
           args[#args + 1] = string.format('%.3f', ARGV[4] + i * ARGV[5])
           args[#args + 1] = ARGV[3] .. string.format('%.0f', i)
         end
         redis.call('ZADD', KEYS[1], unpack(args))
       end`,
      [key],
      ...[from, Math.min(count, from + FILLED_AT_ONCE - 1), prefix, first, step],
    );
}

const later = () => Date.now() + 3_600_000;
const earlier = () => Date.now() - 3_600_000;

it("presence of a million users", async () => {
  const [user = ""] = ids(1);
  const fillOnline = () => fillSorted(keys.usersOnline, MILLION, "user", later());
  await fillOnline();
  const beat = (socketId: string) =>
    presenceStore.registerStream({
      ...{ userId: user, socketId, state: "away", ttlMs: 35_000, hidesTtlMs: 60_000, hides: false },
      leaseMs: 35_000,
    });
  await Promise.all(ids(300).map(beat));
  await expectShort("a report of a user with 300 streams", nothing, () => beat(newId()));
  await expectShort("a user with 300 streams hides", nothing, () =>
    presenceStore.setHides(user, true, 35_000),
  );
  await expectShort("one of 300 streams closes", nothing, () => presenceStore.closeStream(user, newId()));
  await expectShort(
    "300 expired streams",
    () => fillSorted(keys.userSockets(user), 300, "old", earlier()),
    () => beat(newId()),
  );
  await expectShort("how many are online", nothing, presenceStore.countOnline);
  await expectShort("a hundred users", nothing, () => presenceStore.readSnapshots(ids(100), 35_000));
  await expectShort("five hundred deleted users", nothing, () => presenceStore.deleteUsers(ids(500)));
  await redis().del(keys.usersOnline);
  // Half of them expire at the same time.
  await fillSorted(keys.usersOnline, 5_000, "user", later());
  await fillSorted(keys.usersOnline, 5_000, "other", later(), 1);
  await expectShort("all of ten thousand users online", nothing, presenceStore.listOnline);
  expect(new Set(await presenceStore.listOnline()).size).toBe(10_000);
  await redis().del(keys.usersOnline);
  const renew = (userIds: string[]) =>
    presenceStore.renewLeases({
      ...{ userIds, atMs: Date.now(), leaseMs: 35_000, registrations: [], ttlMs: 35_000 },
    });
  await fillOnline();
  await expectShort("the leases of two thousand users", nothing, () => renew(ids(2_000)));
  await redis().del(keys.usersOnline);
  const sweep = async () => presenceStore.sweep((await renew([])).expired, 35_000);
  await expectShort(
    "a sweep of a million expired users",
    () => fillSorted(keys.usersOnline, MILLION, "user", earlier()),
    sweep,
  );
});

const ONE_EVENT = "Ж".repeat(MAX_TEXT_LENGTH / 2);

it("realtime logs of a hundred channels", async () => {
  const channels = ids(100).map((id) => `chat:${id}` as const);
  const fillLogs = () =>
    meter.fill(
      `for i = 1, #KEYS, 2 do
         redis.call('DEL', KEYS[i], KEYS[i + 1])
         redis.call('HSET', KEYS[i], 'epoch', 'e', 'n', ARGV[1])
         for n = 1, ARGV[1] do redis.call('XADD', KEYS[i + 1], n .. '-0', 'e', ARGV[2]) end
       end`,
      channels.flatMap((channel) => [keys.realtimeHead(channel), keys.realtimeLog(channel)]),
      ...[MAX_LOG_ENTRIES, JSON.stringify({ event: "message", data: { text: ONE_EVENT } })],
    );
  await fillLogs();
  const append = () =>
    Promise.all(
      channels.map((channel) => appendEvent({ channel, event: "message", data: { text: ONE_EVENT } })),
    );
  await expectShort("an event in each of a hundred full logs", nothing, append);
  await fillLogs();
  const since = { epoch: "e", n: MAX_LOG_ENTRIES - 200 };
  await expectShort("a hundred channels, of five the last 200 events", nothing, () =>
    Promise.all(
      channels.map((channel, n) =>
        readLog({ channel, since: n < 5 ? since : { ...since, n: MAX_LOG_ENTRIES } }),
      ),
    ),
  );
  expect((await readLog({ channel: channels[0] ?? "chat:", since })).events).toHaveLength(200);
  await expectShort("a hundred heads", nothing, () => readLogHeads(channels));
  await expectShort("a hundred full logs are deleted", fillLogs, () => resetChannels(channels), 2);
});

function message(chatId: string, seq: number, reactors = 0) {
  return storedMessageSchema.parse({
    ...{ revision: seq, id: newId(), chatId, seq, clientId: newId(), authorId: newId() },
    ...{
      text: "Ж".repeat(MAX_TEXT_LENGTH),
      createdAt: new Date().toISOString(),
      editedAt: null,
      deletedAt: null,
    },
    ...{ pinnedAt: new Date().toISOString(), replyToId: null, postId: null, mentions: [], attachments: [] },
    reactions: numbers(20).map((n) => ({ emoji: String.fromCodePoint(0x1f600 + n), userIds: ids(reactors) })),
  });
}

it("the message cache of a chat with twenty thousand ids", async () => {
  const chat = newId();
  const fillIds = () => fillSorted(keys.chatMessages(chat), 20_000, "m", earlier());
  await fillIds();
  const recent = numbers(RECENT_LIMIT).map((n) => message(chat, n + 1));
  const pinned = numbers(MAX_PINNED).map((n) => message(chat, n + 1));
  const fillList = (list: "recent" | "pinned", messages: typeof recent) =>
    chatStore.fillCache(chat, list, { revision: RECENT_LIMIT, messages });
  const tooLarge = recent.map(({ seq }) => message(chat, seq, MAX_MEMBERS));
  await expectShort("more than a megabyte of messages is not stored", nothing, async () =>
    expect(await fillList("recent", tooLarge)).toBe(false),
  );
  await expectShort("the newest messages are stored", nothing, () => fillList("recent", recent));
  await expectShort("the pinned messages are stored", nothing, () => fillList("pinned", pinned));
  await expectShort("the newest messages are read", nothing, () =>
    chatStore.readCachedRecent(chat, RECENT_LIMIT),
  );
  await expectShort("the pinned messages are read", nothing, () => chatStore.readCachedPinned(chat));
  let seq = RECENT_LIMIT;
  await expectShort("a new message", fillIds, () => {
    seq += 1;
    return chatStore.storeMessage(message(chat, seq, MAX_MEMBERS), { isNewest: true });
  });
  await expectShort("a message is evicted", nothing, () => chatStore.evictMessage(recent[0]?.id ?? "", chat));
  await expectShort("all of a chat is evicted", fillIds, () => chatStore.evictChat(chat));
  expect(await redis().exists(keys.chatMessages(chat))).toBe(0);
});

it("leaderboards of ten thousand sellers in three currencies", async () => {
  const span = getSpan("all", Date.now());
  const currencies = ["EUR", "RUB", "USD"];
  const rows = ids(10_000).map((userId, n) => ({ userId, amountMinor: 1_000_000 - n, sales: 1 }));
  const boards = new Map(currencies.map((currency) => [currency, rows]));
  const query = { currency: "EUR", limit: 100, viewerId: rows[9_000]?.userId ?? "" };
  await expectShort(
    "boards are stored",
    () => seizeLease(span, "mine"),
    () => storeBoards(span, boards, "mine"),
  );
  await expectShort("a board is read", nothing, () => readCachedBoard(span, query, "mine"));
  expect(await readCachedBoard(span, query, "mine")).toMatchObject({
    built: true,
    board: { own: { above: 9_000 } },
  });
  await expectShort("a seller's sums are stored", nothing, () =>
    storeSums(newId(), "EUR", [{ span, amountMinor: 1, sales: 1 }]),
  );
});

it("cache tags with a hundred thousand expired members", async () => {
  const tags = ["feed", ...ids(199)];
  const member = newId();
  const options = { token: "t", localEntry: undefined, unusableId: undefined, tags, maxLifetimeMs: 60_000 };
  const entry = { id: "e", value: 1, createdMs: Date.now(), ttlMs: 60_000, swrMs: 0, tags, size: 1 };
  const big = `{"id":"e","created":${Date.now()},"ttl":60000,"swr":0,"value":"${"x".repeat(900_000)}"}`;
  const fillTag = () => fillSorted(keys.cacheTag("feed"), 100_000, "member", earlier());
  const release = async () => {
    await fillTag();
    await redis().del(keys.cacheLease(member), keys.cacheEntry(member));
  };
  await expectShort("an entry is leased", release, () => cacheStore.read(member, options));
  await expectShort(
    "an entry is filled",
    () => release().then(() => cacheStore.read(member, options)),
    () => cacheStore.fill(member, "t", big, entry),
  );
  await expectShort("a lease is renewed", nothing, () => cacheStore.renew(member, "t"));
  await expectShort("an entry is put", release, () => cacheStore.put(member, big, entry));
  const inTags = async () => {
    await redis().del(keys.cacheTag("feed"));
    for (const tag of tags) await fillSorted(keys.cacheTag(tag), 500, "member", later());
  };
  await expectShort("a thousand members and two hundred tags are invalidated", inTags, () =>
    cacheStore.invalidate({ members: numbers(1_000).map((n) => `member${n}`), tags }),
  );
});

it("sessions of a user with the most of them, and five hundred users", async () => {
  const [userId = "", epoch = ""] = ids(2);
  const text = {
    role: "listener",
    name: "N".repeat(100),
    email: "e@example.org",
    confirmed: true,
    ip: null,
    place: null,
  };
  const at = Date.now();
  const rows = ids(MAX_SESSIONS_PER_USER).map((id) => ({
    generation: 1,
    session: {
      ...{
        id,
        userId,
        seq: 1,
        ...text,
        role: "listener" as const,
        tokenHash: "h".repeat(64),
        rotation: 0,
        rotatedAt: null,
      },
      ...{
        authenticatedAt: at,
        lastSeenAt: at,
        expiresAt: at + 10_000_000,
        createdAt: at,
        userAgent: "u".repeat(500),
      },
    },
  }));
  await expectShort("a catch-up begins and ends", nothing, async () => {
    const started = await sessionStore.startCatchUp(epoch);
    await sessionStore.finishCatchUp(started, 60_000);
  });
  const { epoch: era } = await sessionStore.startCatchUp(epoch);
  await expectShort("all sessions are stored", nothing, () =>
    sessionStore.put(userId, rows, { epoch: era, isComplete: true }),
  );
  await expectShort("all sessions are listed", nothing, () => sessionStore.list(userId));
  expect((await sessionStore.list(userId)).sessions).toHaveLength(MAX_SESSIONS_PER_USER);
  await expectShort("one is found", nothing, () => sessionStore.find(rows[0]?.session.id ?? "", userId, "h"));
  await expectShort("a thousand generations are raised", nothing, () =>
    sessionStore.raise(ids(1_000).map((id) => ({ userId: id, generation: 2 }))),
  );
});

it("a key of another type with a million members", async () => {
  const key = keys.chatMessage(newId());
  await expectShort(
    "it is deleted",
    () => fillSorted(key, MILLION, "m", 1),
    () => redisService().get(key, z.string()),
    2,
  );
  expect(await redis().exists(key)).toBe(0);
});

it("full rate limits, and locks", async () => {
  const limiter = new SharedLimiter(
    new Redis({ url: process.env.UPSTASH_REDIS_REST_URL, token: "test", retry: false }),
  );
  const policies = [
    { name: "files", limit: 600, windowSeconds: 60 },
    { name: "address", limit: 100, windowSeconds: 3_600 },
  ];
  const buckets = policies.map((policy) => ({ policy, key: keys.throttle(policy.name, newId(), "*") }));
  const at = Date.now();
  const reports = policies.map(({ limit, windowSeconds }) => ({
    unreported: numbers(limit - 20).map((n) => ({
      at: at - Math.floor((n / limit) * windowSeconds * 1_000),
      count: 1,
    })),
    endedLease: { from: at, until: at + 1_000, size: 10, used: 0 },
    wanted: 10,
  }));
  await expectShort("two full limits are merged with as many tokens", nothing, () =>
    limiter.take(buckets, reports, at),
  );
  called.add("takeTokensSource");
  await expectShort("tokens are returned", nothing, () =>
    limiter.returnTokens(buckets.map((bucket) => ({ bucket, at }))),
  );
  called.add("returnTokensSource");
  await expectShort("a lock is acquired and released", nothing, () => withLock("test", newId(), nothing));
});

it("views of a thousand posts, with ten syncs under way", async () => {
  const posts = ids(1_000);
  const rowOf = (id: string) => ({ id, views: 0, version: 1, batch: null, authorSeq: 1 });
  const record = async (of: readonly string[], firstViewer: number, viewers: number) => {
    for (let from = 0; from < of.length; from += 500)
      await liveViews.recordAndCount(
        of.slice(from, from + 500).map((postId) => ({
          ...{ postId, row: rowOf(postId), viewers: numbers(viewers).map((n) => firstViewer + n) },
        })),
      );
  };
  let next = 2;
  const recordMore = (of = posts) => {
    next += 1;
    return record(of, next, 1);
  };
  await expectShort("views of five hundred posts", nothing, () => recordMore());
  const claimAll = async () => {
    const batch = await claimBatch(60_000, 10_000);
    if (!batch) throw new Error("nothing was claimed");
    return batch;
  };
  let batch: Awaited<ReturnType<typeof claimAll>> | undefined;
  const finish = async () => {
    if (batch)
      await finishBatch(
        batch,
        batch.postIds.map((id) => ({ ...rowOf(id), version: 2, inserted: [] })),
      );
    batch = undefined;
  };
  await finish();
  await expectShort(
    "a thousand posts are claimed",
    () => finish().then(() => recordMore()),
    async () => {
      batch = await claimAll();
    },
  );
  await expectShort(
    "a batch of a thousand posts is finished",
    async () => {
      await finish();
      await recordMore();
      batch = await claimAll();
    },
    finish,
  );

  // Ten syncs have claimed ten thousand posts, and five thousand posts have sealed views.
  await finish();
  for (let sync = 0; sync < 10; sync += 1) {
    await recordMore(ids(1_000));
    await claimAll();
  }
  expect(await redis().hlen(keys.viewClaims)).toBe(10_000);
  await meter.fill(
    "for n = 1, 5000 do redis.call('HSET', KEYS[1], 'post' .. n, 1000) redis.call('ZADD', KEYS[2], n, 'post' .. n .. ':seal:1000') end",
    [keys.sealedCounts, keys.sealedViews],
  );
  await expectShort("the state", nothing, getViewSyncState);
  await redis().del(keys.sealedViews, keys.sealedCounts);
  await expectShort(
    "a claim beside ten syncs",
    () => recordMore(),
    async () => {
      batch = await claimAll();
      await finish();
    },
  );
  const ofTenThousand = newId();
  const viewers = numbers(10).map((n) =>
    numbers(1_000)
      .map((at) => n * 1_000 + at)
      .join(","),
  );
  await expectShort(
    "a batch of ten thousand views is taken over",
    async () => {
      await redis().hset(
        keys.viewBatch(ofTenThousand),
        Object.fromEntries(viewers.map((text, n) => [`p${n}`, text])),
      );
      await redis().zadd(keys.viewBatches, { score: 1, member: ofTenThousand });
    },
    () =>
      redisService().script(
        ...[
          takeOverViews,
          [keys.viewBatches, keys.viewClaims, keys.viewBatch(ofTenThousand), keys.dirtyPosts],
        ],
        [ofTenThousand, 60_000],
        z.array(z.string()),
      ),
  );
  await expectShort(
    "an evicted batch is released beside ten syncs",
    () =>
      redis()
        .zadd(keys.viewBatches, { score: 1, member: ofTenThousand })
        .then(() => redis().del(keys.viewBatch(ofTenThousand))),
    () =>
      redisService().script(
        ...[
          takeOverViews,
          [keys.viewBatches, keys.viewClaims, keys.viewBatch(ofTenThousand), keys.dirtyPosts],
        ],
        [ofTenThousand, 60_000],
        z.array(z.string()),
      ),
  );
});

it("every script is among them", () => {
  const files = readdirSync("lib", { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".ts"),
  );
  const defined = files.flatMap((file) =>
    [
      ...readFileSync(path.join("lib", file), "utf8").matchAll(
        /define(?:ReadOnly)?Script\(\s*"(\w+)"|export const (\w+) = `\$\{KEY_LOCKING\}/g,
      ),
    ].map(([, name, constant]) => name ?? constant ?? ""),
  );
  expect(defined.length).toBeGreaterThan(40);
  // tests/faults/views/hot-post.test.ts times these.
  expect(defined.filter((name) => !called.has(name)).sort()).toEqual(["claimSealedViews"]);
});
