import { findKeyKind } from "../../redis/key-types";
import type { keyBuilders } from "../../redis/keys";

type Kind = keyof typeof keyBuilders;

/**
 * Leases and locks: they say that something is up to date or under way, which is not so in another database. Restored,
 * they would make an old copy be trusted.
 */
const NEVER_RESTORED: ReadonlySet<string> = new Set<Kind>([
  ...(["cacheTrustLease", "sessionsTrustLease", "cacheLease", "leaderboardLease", "lock"] as const),
]);

/**
 * What Redis alone has: views and plays that Postgres does not have yet, their viewers of the last day, and limits.
 * Everything else is a copy of Postgres, or events: an old one of them is worse than none.
 */
const IN_REDIS_ALONE: ReadonlySet<string> = new Set<Kind>([
  ...([
    "postViews",
    "postPendingViews",
    "dirtyPosts",
    "sealedViewers",
    "sealedViews",
    "sealedCounts",
  ] as const),
  ...(["viewBatches", "viewBatch", "viewClaims"] as const),
  ...(["postPlays", "postPendingPlays", "dirtyPlays", "sealedPlaySet", "sealedPlays"] as const),
  ...(["sealedPlayCounts", "playBatches", "playBatch", "playClaims"] as const),
  ...(["lastViewSync", "viewSyncs", "metricBatches", "throttle", "transcoderCrash"] as const),
]);

/**
 * Whether a key of a backup is written.
 * @param scope  `needed` after a loss, where the app went on; `everything` for a move, where it was stopped meanwhile
 */
export function isRestorable(key: string, scope: "needed" | "everything"): boolean {
  const kind = findKeyKind(key);
  if (!kind) return true;
  return scope === "everything" ? !NEVER_RESTORED.has(kind.name) : IN_REDIS_ALONE.has(kind.name);
}
