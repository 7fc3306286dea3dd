import { env } from "../core/env";
import { log } from "../core/log";
import { commandName } from "./call-meter";
import type { CommandArguments, GuardedRedis } from "./guarded-redis";
import { keyBuilders } from "./keys";
import { defineScript, isScriptCommand } from "./script";

/** What Redis' command TYPE answers. */
export type KeyType = "string" | "hash" | "list" | "set" | "zset" | "stream";

/** The type of each key of the registry; null where nothing is stored: a channel, a prefix. */
const typesByKey: Readonly<Record<keyof typeof keyBuilders, KeyType | null>> = {
  postViews: "set",
  postMeta: "string",
  postPendingViews: "set",
  dirtyPosts: "zset",
  sealedViewers: "set",
  sealedViews: "zset",
  sealedCounts: "hash",
  viewBatches: "zset",
  viewBatch: "hash",
  viewClaims: "hash",
  postPlays: "set",
  postPlayMeta: "string",
  postPendingPlays: "set",
  dirtyPlays: "zset",
  sealedPlaySet: "set",
  sealedPlays: "zset",
  sealedPlayCounts: "hash",
  playBatches: "zset",
  playBatch: "hash",
  playClaims: "hash",
  lastViewSync: "string",
  viewSyncs: "list",
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
  rollCall: "hash",
  realtimeUpstream: null,
  realtimeSequence: "string",
  realtimeLog: "stream",
  realtimeHead: "hash",
  usersOnline: "zset",
  userPresence: "hash",
  userSockets: "zset",
  streamAnswers: "zset",
  chatMessage: "string",
  chatMessages: "zset",
  chatRecent: "list",
  chatPinned: "zset",
  chatRevision: "string",
  transcoderCrash: "string",
  metricBatches: "hash",
  probe: "string",
  throttle: "string",
  throttlePrefix: null,
};

/** The name of a key in the registry. */
export type KeyKind = keyof typeof keyBuilders;

/** Those of which something is stored, in the order of the registry. */
export const KEY_KINDS: readonly KeyKind[] = (Object.keys(typesByKey) as KeyKind[]).filter(
  (kind) => typesByKey[kind] !== null,
);

/** A pattern of SCAN that matches all keys of a kind, and perhaps others: compare with {@link findKeyKind}. */
export function keyPattern(kind: KeyKind): string {
  const builder: string | ((...parts: string[]) => string) = keyBuilders[kind];
  const key =
    typeof builder === "string" ? builder : builder(...Array.from({ length: builder.length }, () => "*"));
  return env().REDIS_KEY_PREFIX + key;
}

/** Kinds of keys that have no TTL: views that Postgres does not have yet, and few keys that are updated for ever. */
const PERMANENT_KEYS: ReadonlySet<string> = new Set<keyof typeof keyBuilders>([
  ...(["postPendingViews", "dirtyPosts", "sealedViewers", "sealedViews", "sealedCounts"] as const),
  ...(["viewBatches", "viewBatch", "viewClaims"] as const),
  ...(["postPendingPlays", "dirtyPlays", "sealedPlaySet", "sealedPlays", "sealedPlayCounts"] as const),
  ...(["playBatches", "playBatch", "playClaims"] as const),
  ...(["lastViewSync", "viewSyncs", "lockFence", "sessionsState", "usersOnline"] as const),
]);

interface KeyPattern {
  name: KeyKind;
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
    .flatMap(([entry, builder]): KeyPattern[] => {
      const name = entry as KeyKind;
      const type = typesByKey[name];
      if (type === null) return [];
      const template =
        typeof builder === "string"
          ? builder
          : (builder as (...parts: string[]) => string)(
              ...Array.from({ length: builder.length }, () => PART),
            );
      const fixed = template.split(PART);
      const source = fixed.map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".*");
      return [{ name, pattern: new RegExp(`^${source}$`, "s"), fixedLength: fixed.join("").length, type }];
    })
    .sort((a, b) => b.fixedLength - a.fixedLength);
  return patterns;
}

/** The type that a key must have; null when it is not a key of the registry. */
export function expectedKeyType(key: string): KeyType | null {
  return findPattern(key)?.type ?? null;
}

/** The registry's entry of a key: its name, its type, and whether it has no TTL. Null for a key that has no entry. */
export function findKeyKind(key: string): { name: KeyKind; type: KeyType; isPermanent: boolean } | null {
  const found = findPattern(key);
  return found && { name: found.name, type: found.type, isPermanent: PERMANENT_KEYS.has(found.name) };
}

function findPattern(key: string): KeyPattern | null {
  const prefix = env().REDIS_KEY_PREFIX;
  if (!key.startsWith(prefix)) return null;
  const rest = key.slice(prefix.length);
  return keyPatterns().find(({ pattern }) => pattern.test(rest)) ?? null;
}

/**
 * Deletes keys of another type than the one they must have.
 *
 * KEYS  the keys
 * ARGV  the type of each
 * Returns how many were deleted
 * Atomic. Safe to repeat.
 */
const deleteMistypedKeys = defineScript(
  "deleteMistypedKeys",
  `
local deleted = 0
for i, key in ipairs(KEYS) do
  local found = redis.call('TYPE', key)
  found = type(found) == 'table' and found.ok or found
  if found ~= 'none' and found ~= ARGV[i] then deleted = deleted + redis.call('UNLINK', key) end
end
return deleted
`,
);

/**
 * Deletes those keys of commands that are of another type than they must have.
 * @returns how many
 */
export async function deleteMistyped(
  send: GuardedRedis["send"],
  commands: readonly CommandArguments[],
): Promise<number> {
  const typed = commands.flatMap(keysOf).flatMap((key) => {
    const type = expectedKeyType(key);
    return type === null ? [] : [{ key, type }];
  });
  if (typed.length === 0) return 0;
  const deleted = await send([
    ...(["EVAL", deleteMistypedKeys.source, typed.length] as const),
    ...typed.map(({ key }) => key),
    ...typed.map(({ type }) => type),
  ]);
  log().warn({ command: commands.map(commandName), deleted }, "Redis keys of another type deleted");
  return Number(deleted);
}

function keysOf(command: CommandArguments): string[] {
  if (!isScriptCommand(command)) return command[1] === undefined ? [] : [String(command[1])];
  return command.slice(3, 3 + Number(command[2])).map(String);
}
