import { env } from "../core/env";
import { keyBuilders } from "./keys";

/** What Redis' command TYPE answers. */
export type KeyType = "string" | "hash" | "list" | "set" | "zset" | "stream";

/** The type of each key of the registry; null where nothing is stored: a channel, a prefix. */
const typesByKey: Readonly<Record<keyof typeof keyBuilders, KeyType | null>> = {
  postViews: "set",
  postMeta: "hash",
  postCount: "string",
  postPendingViews: "set",
  dirtyPosts: "zset",
  sealedViewers: "set",
  sealedViews: "zset",
  sealedCounts: "hash",
  viewBatches: "zset",
  viewBatch: "hash",
  viewClaims: "hash",
  postPlays: "set",
  postPlayMeta: "hash",
  postPlayCount: "string",
  postPendingPlays: "set",
  dirtyPlays: "zset",
  sealedPlaySet: "set",
  sealedPlays: "zset",
  sealedPlayCounts: "hash",
  playBatches: "zset",
  playBatch: "hash",
  playClaims: "hash",
  lastViewSync: "string",
  cacheEntry: "string",
  userVariables: "string",
  userProfile: "string",
  waitingExecutions: "string",
  workflowVersion: "string",
  cacheLease: "string",
  cacheTag: "zset",
  cacheTrustLease: "string",
  lock: "string",
  lockFence: "string",
  leaderboards: "set",
  leaderboard: "zset",
  leaderboardSales: "hash",
  stagedLeaderboard: "zset",
  stagedLeaderboardSales: "hash",
  leaderboardLease: "string",
  session: "hash",
  userSessions: "zset",
  userGeneration: "hash",
  blacklistedToken: "string",
  sessionsTrustLease: "string",
  sessionsState: "hash",
  realtimeUpstream: null,
  realtimeLog: "stream",
  realtimeHead: "hash",
  usersOnline: "zset",
  userPresence: "hash",
  userSockets: "zset",
  chatMessage: "string",
  chatMessages: "zset",
  chatRecent: "list",
  chatPinned: "zset",
  chatRevision: "string",
  transcoderCrash: "string",
  probe: "string",
  throttle: "string",
  throttlePrefix: null,
};

interface KeyPattern {
  pattern: RegExp;
  /** Characters that are the same in every key of this kind. */
  fixedLength: number;
  type: KeyType;
}

const PART = "\n";
let patterns: readonly KeyPattern[] | undefined;

/** The kinds of keys; of two that match, the one with more fixed characters comes first. */
function keyPatterns(): readonly KeyPattern[] {
  patterns ??= Object.entries(keyBuilders)
    .flatMap(([name, builder]): KeyPattern[] => {
      const type = typesByKey[name as keyof typeof keyBuilders];
      if (type === null) return [];
      const template =
        typeof builder === "string"
          ? builder
          : (builder as (...parts: string[]) => string)(
              ...Array.from({ length: builder.length }, () => PART),
            );
      const fixed = template.split(PART);
      const source = fixed.map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".*");
      return [{ pattern: new RegExp(`^${source}$`, "s"), fixedLength: fixed.join("").length, type }];
    })
    .sort((a, b) => b.fixedLength - a.fixedLength);
  return patterns;
}

/** The type that a key must have; null when it is not a key of the registry. */
export function expectedKeyType(key: string): KeyType | null {
  const prefix = env().REDIS_KEY_PREFIX;
  if (!key.startsWith(prefix)) return null;
  const rest = key.slice(prefix.length);
  return keyPatterns().find(({ pattern }) => pattern.test(rest))?.type ?? null;
}
