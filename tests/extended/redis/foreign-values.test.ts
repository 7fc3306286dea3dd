import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GET as getBoardRoute } from "@/app/api/leaderboards/[period]/route";
import { GET as getMe } from "@/app/api/me/route";
import { GET as getPostRoute } from "@/app/api/posts/[id]/route";
import { GET as getDevices } from "@/app/api/sessions/route";
import { cacheManager } from "@/lib/cache";
import { getChat, listPinned, messageCache, pinMessage } from "@/lib/chat";
import type { Caller } from "@/lib/core/access-token";
import { AppError } from "@/lib/core/errors";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { getLeaderboard } from "@/lib/leaderboards";
import { getSpan } from "@/lib/leaderboards/period";
import { syncRankedSale } from "@/lib/leaderboards/ranked-sale";
import { syncSellerSums } from "@/lib/leaderboards/sync-seller-sums";
import { checkHealth } from "@/lib/ops";
import { getOnlineUsers, getPresences, setHidden, setOffline, setOnline } from "@/lib/presence";
import { appendEvent, readLog, readLogHeads } from "@/lib/realtime/channel-log";
import { keys, redis, withLock } from "@/lib/redis";
import { expectedKeyType, type KeyType } from "@/lib/redis/key-types";
import { keyBuilders } from "@/lib/redis/keys";
import { blacklistToken, isTokenBlacklisted, validateSession } from "@/lib/sessions";
import { getViewCounts, getViewSyncState, recordViews, syncNow } from "@/lib/views";
import { call } from "@/tests/support/clients/call";
import { createGroup, readMessages, sendTestMessage } from "@/tests/support/factories/chat-tools";
import { newCurrency } from "@/tests/support/factories/full-account";
import { createTestOrder } from "@/tests/support/factories/orders";
import { createPerson, createTestPost } from "@/tests/support/factories/people";
import { startTestSession } from "@/tests/support/factories/sessions";
import { viewRow } from "@/tests/support/factories/view-tools";
import { runs } from "@/tests/support/fuzz/runs";

/**
 * Anything may lie under a key: a value of an older version, of another program, or a mistake. It counts as missing. The
 * call that meets it is answered as without Redis, and later calls as if it had never been there.
 */

type KeyName = keyof typeof keyBuilders;

let me: Caller;
let seller: Caller;
let token: string;
let sessionId: string;
let post: string;
let chat: string;
let message: string;
let currency: string;
let userChannel: `user:${string}`;

/** One key of each kind that the readers below meet. */
let keyOf: Record<KeyName, string>;

const RAW: Record<KeyType, (key: string, text: string) => readonly [string, ...(string | number)[]]> = {
  string: (key, text) => ["SET", key, text],
  hash: (key, text) => ["HSET", key, ...HASH_FIELDS.flatMap((field) => [field, text])],
  list: (key, text) => ["RPUSH", key, text],
  set: (key, text) => ["SADD", key, text, "built"],
  zset: (key, text) => ["ZADD", key, Date.now() + 60_000, text, Date.now() - 60_000, `${text}-old`],
  stream: (key, text) => ["XADD", key, "9000000000000000-0", "e", text],
};
/** The fields of every hash, so that each is stored with a value that it cannot have. */
const HASH_FIELDS = [
  ...["era", "begun", "caughtUp", "generation", "listed", "data"],
  ...["epoch", "n", "state", "front", "seen", "hides", "hidesAt", "x"],
];

beforeAll(async () => {
  me = await createPerson();
  seller = await createPerson("artist");
  currency = newCurrency();
  const issued = await startTestSession(me);
  token = issued.accessToken;
  sessionId = (await validateSession(token))?.id ?? "";
  post = await createTestPost(seller);
  chat = await createGroup([me, seller]);
  message = (await sendTestMessage(me, chat, "Hello")).message.id;
  await pinMessage(me, chat, message, { pinned: true });
  userChannel = `user:${me.userId}`;
  const sale = await syncRankedSale(
    await createTestOrder({ seller, amountMinor: 500, currency, paidAt: new Date() }),
  );
  if (!sale) throw new Error("the order is no sale");
  const { period, bucket } = getSpan("all", Date.now());
  const batchId = newId();
  keyOf = {
    postViews: keys.postViews(post),
    postMeta: keys.postMeta(post),
    postPendingViews: keys.postPendingViews(post),
    dirtyPosts: keys.dirtyPosts,
    sealedViewers: keys.sealedViewers(post, newId()),
    sealedViews: keys.sealedViews,
    sealedCounts: keys.sealedCounts,
    viewBatches: keys.viewBatches,
    viewBatch: keys.viewBatch(batchId),
    viewClaims: keys.viewClaims,
    postPlays: keys.postPlays(post),
    postPlayMeta: keys.postPlayMeta(post),
    postPendingPlays: keys.postPendingPlays(post),
    dirtyPlays: keys.dirtyPlays,
    sealedPlaySet: keys.sealedPlaySet(post, newId()),
    sealedPlays: keys.sealedPlays,
    sealedPlayCounts: keys.sealedPlayCounts,
    playBatches: keys.playBatches,
    playBatch: keys.playBatch(batchId),
    playClaims: keys.playClaims,
    lastViewSync: keys.lastViewSync,
    viewSyncs: keys.viewSyncs,
    cacheEntry: keys.cacheEntry(`posts:${post}`),
    userVariables: keys.userVariables(me.userId, newId()),
    userProfile: keys.userProfile("1", newId()),
    waitingExecutions: keys.waitingExecutions(newId()),
    workflowVersion: keys.workflowVersion(newId(), newId()),
    cacheLease: keys.cacheLease(`posts:${post}`),
    cacheTag: keys.cacheTag(`post:${post}`),
    cacheTrustLease: keys.cacheTrustLease,
    lock: keys.lock("test", post),
    lockFence: keys.lockFence,
    leaderboards: keys.leaderboards(period, bucket),
    leaderboard: keys.leaderboard(period, bucket, currency),
    leaderboardSales: keys.leaderboardSales(period, bucket, currency),
    stagedLeaderboard: keys.stagedLeaderboard(period, bucket, currency),
    stagedLeaderboardSales: keys.stagedLeaderboardSales(period, bucket, currency),
    leaderboardLease: keys.leaderboardLease(period, bucket),
    session: keys.session(sessionId),
    userSessions: keys.userSessions(me.userId),
    userGeneration: keys.userGeneration(me.userId),
    rollCall: keys.rollCall(newId()),
    blacklistedToken: keys.blacklistedToken("0".repeat(64)),
    sessionsTrustLease: keys.sessionsTrustLease,
    sessionsState: keys.sessionsState,
    realtimeUpstream: keys.realtimeUpstream,
    realtimeSequence: keys.realtimeSequence,
    realtimeLog: keys.realtimeLog(userChannel),
    realtimeHead: keys.realtimeHead(userChannel),
    usersOnline: keys.usersOnline,
    userPresence: keys.userPresence(me.userId),
    userSockets: keys.userSockets(me.userId),
    streamAnswers: keys.streamAnswers,
    chatMessage: keys.chatMessage(message),
    chatMessages: keys.chatMessages(chat),
    chatRecent: keys.chatRecent(chat),
    chatPinned: keys.chatPinned(chat),
    chatRevision: keys.chatRevision(chat),
    transcoderCrash: keys.transcoderCrash("x"),
    metricBatches: keys.metricBatches,
    probe: keys.probe("x"),
    throttle: keys.throttle("default", `user:${me.userId}`, "*"),
    throttlePrefix: keys.throttlePrefix,
  };
});

afterAll(async () => {
  await db().post.deleteMany({ where: { id: post } });
});

/** Every reader of Redis, with what it returns while Redis works. Writers are here for what they read first. */
const readers: Record<string, () => Promise<void>> = {
  views: async () => {
    const [view] = await recordViews(me.seq, [post]);
    expect(view?.status).toMatch(/counted|repeated/);
    expect((await getViewCounts([await viewRow(post)])).get(post)).toBeGreaterThanOrEqual(1);
  },
  "view sync": async () => {
    await syncNow("admin");
    const { available } = await getViewSyncState();
    if (!available) throw new AppError("unavailable");
  },
  sessions: async () => {
    expect((await call(getMe, { token })).status).toBe(200);
    expect((await call(getDevices, { token })).body.items.length).toBeGreaterThanOrEqual(1);
    expect(await validateSession(token)).toMatchObject({ userId: me.userId });
  },
  tokens: async () => {
    // Of another user: a user's oldest session ends when there are too many.
    const other = (await startTestSession(seller)).accessToken;
    expect(await isTokenBlacklisted(other)).toBe(false);
    await blacklistToken(other);
    expect(await isTokenBlacklisted(other)).toBe(true);
  },
  presence: async () => {
    const socket = newId();
    await setOnline(me.userId, socket);
    expect((await getPresences([me.userId])).items).toHaveLength(1);
    expect(Array.isArray(await getOnlineUsers())).toBe(true);
    await setHidden(me.userId, false);
    await setOffline(me.userId, socket);
  },
  chat: async () => {
    expect((await readMessages(me, chat)).items.length).toBeGreaterThanOrEqual(1);
    expect((await listPinned(me, chat)).items).toHaveLength(1);
    await messageCache.getCachedMessage(message);
    await sendTestMessage(me, chat, "Again");
    expect((await getChat(me, chat)).id).toBe(chat);
  },
  leaderboards: async () => {
    const { status, body } = await call(getBoardRoute, {
      params: { period: "all" },
      query: `?currency=${currency}`,
    });
    expect(status).toBe(200);
    expect(body.items).toMatchObject([{ userId: seller.userId, amountMinor: 500, sales: 1 }]);
    expect((await getLeaderboard("week", { currency })).items).toHaveLength(1);
  },
  cache: async () => {
    const { status, body } = await call(getPostRoute, { params: { id: post } });
    expect([status, body.post?.id]).toEqual([200, post]);
    await cacheManager.invalidateTag(`post:${post}`);
  },
  realtime: async () => {
    const cursor = await appendEvent({
      channel: userChannel,
      event: "read",
      data: { chatId: chat, seq: 1 },
    }).catch(ignoreOutage);
    if (cursor) await readLog({ channel: userChannel, since: cursor }).catch(ignoreOutage);
    await readLogHeads([userChannel]).catch(ignoreOutage);
  },
  locks: async () => {
    await withLock("test", post, async () => {}, { withoutRedis: "work", waitMs: 50 });
  },
  sums: async () => {
    await syncSellerSums({ sellerId: seller.userId, currency, soldAt: new Date() }).catch(ignoreOutage);
  },
  health: async () => {
    await checkHealth();
  },
};

/** Callers of these handle an outage themselves: it must be one, and not an unexpected error. */
function ignoreOutage(error: unknown): undefined {
  expect(error).toMatchObject({ code: "REDIS_UNAVAILABLE" });
}

/** Failures that a route answers with 503. */
function isUnavailable(error: unknown): boolean {
  const code = typeof error === "object" && error && "code" in error ? error.code : undefined;
  return code === "unavailable" || code === "REDIS_UNAVAILABLE";
}

async function put(key: string, type: KeyType, text: string): Promise<void> {
  const command = RAW[type](key, text);
  const client = redis();
  await client.send(["DEL", key]);
  await client.send(command);
}

/** Runs all readers; those that are unavailable are reported, any other failure fails the test. */
async function runReaders(): Promise<string[]> {
  const unavailable: string[] = [];
  for (const [name, read] of Object.entries(readers)) {
    try {
      await read();
    } catch (error) {
      if (!isUnavailable(error)) throw new Error(`${name} failed`, { cause: error });
      unavailable.push(name);
    }
  }
  return unavailable;
}

const TYPES = ["string", "hash", "list", "set", "zset", "stream"] as const satisfies readonly KeyType[];
const GARBAGE = ["garbage", "", "{}", "9".repeat(30), "-1"];

/** Some of the values, others for each kind of key; with RUNS=3 all. */
function pick<T>(values: readonly T[], name: KeyName): T[] {
  const start = Object.keys(keyBuilders).indexOf(name);
  const count = Math.min(values.length, runs(2));
  return Array.from({ length: count }, (_, at) => values[(start + at) % values.length] as T);
}

describe.each(Object.keys(keyBuilders) as KeyName[])("%s", (name) => {
  const storesNothing = name === "realtimeUpstream" || name === "throttlePrefix";

  it.skipIf(storesNothing)("has a type in the registry", () => {
    expect(expectedKeyType(keyOf[name])).not.toBeNull();
  });

  it.skipIf(storesNothing)("of another type is a miss", async () => {
    const expected = expectedKeyType(keyOf[name]);
    const others = TYPES.filter((type) => type !== expected);
    for (const type of pick(others, name)) {
      await put(keyOf[name], type, "garbage");
      await runReaders();
      expect(await runReaders(), `${name} as a ${type}`).toEqual([]);
    }
  });

  it.skipIf(storesNothing)("with a value that it cannot have is a miss", async () => {
    const expected = expectedKeyType(keyOf[name]);
    if (!expected) throw new Error("no type");
    for (const text of pick(GARBAGE, name)) {
      await put(keyOf[name], expected, text);
      await runReaders();
      expect(await runReaders(), `${name} with ${JSON.stringify(text)}`).toEqual([]);
      await redis().send(["DEL", keyOf[name]]);
    }
  });
});
