import { z } from "zod";
import type { Caller } from "../../core/access-token";
import { env } from "../../core/env";
import { requireRole } from "../../core/permission";
import { isStorable } from "../../core/text";
import { redis } from "../../redis";
import { resultOf } from "../../redis/guarded-redis";
import { findKeyKind } from "../../redis/key-types";
import { scanKeys, scanSomeKeys } from "../../redis/scan-keys";
import { scanCursorSchema } from "../limits";

const scannedKeySchema = z.object({
  key: z.string(),
  type: z.string(),
  /** Elements of a collection, or characters of a string. */
  size: z.int(),
  /** Null without one. */
  ttlSeconds: z.int().nullable(),
  /** Its name in lib/redis/keys.ts; null for a key that no code of this version writes. */
  kind: z.string().nullable(),
});

export type ScannedKey = z.infer<typeof scannedKeySchema>;

export const keyScanSchema = z.object({
  /** How many matched. */
  keys: z.int(),
  byKind: z.record(z.string(), z.object({ keys: z.int(), size: z.int() })),
  biggest: z.array(scannedKeySchema),
  /** Keys without a TTL that ought to have one, or that no code knows: they would grow without bound. */
  withoutTtl: z.array(scannedKeySchema),
});

export type KeyScan = z.infer<typeof keyScanSchema>;

export const keyScanPartSchema = keyScanSchema.extend({
  /** How many keys were gone through, about. */
  walked: z.int(),
  /** Where the next part begins; null at the end. */
  nextCursor: z.string().nullable(),
});

export type KeyScanPart = z.infer<typeof keyScanPartSchema>;

export const keyScanQuerySchema = z.object({
  /** A pattern as of SCAN; by default all keys of this deployment. */
  match: z.string().trim().min(1).max(300).refine(isStorable).optional(),
  cursor: scanCursorSchema.optional(),
});

const MAX_LISTED = 50;
/** Keys of one part: each costs three commands. */
const KEYS_PER_PART = 2_000;
const KEYS_PER_CALL = 500;
const SIZE_COMMANDS: Readonly<Record<string, string>> = {
  string: "STRLEN",
  list: "LLEN",
  set: "SCARD",
  zset: "ZCARD",
  hash: "HLEN",
  stream: "XLEN",
};

/**
 * Walks all keys, a step at a time, in three commands for each: for operators. Keys that come and go meanwhile may be
 * missed.
 *
 * @param match  a pattern as of SCAN; by default all keys of this deployment
 * @throws {AppError} forbidden for other callers @throws {RedisUnavailableError}
 */
export async function scanRedis(caller: Pick<Caller, "role">, match?: string): Promise<KeyScan> {
  requireRole(caller, "admin");
  const scan = emptyScan();
  for await (const found of scanKeys(match ?? allKeys())) addKeys(scan, await describeKeys(found));
  return scan;
}

/**
 * As above, but only a part of the keys, in bounded time.
 * @throws {AppError} forbidden for other callers @throws {RedisUnavailableError}
 */
export async function scanRedisPart(
  caller: Pick<Caller, "role">,
  { match, cursor }: z.output<typeof keyScanQuerySchema>,
): Promise<KeyScanPart> {
  requireRole(caller, "admin");
  const scan = emptyScan();
  const { found, walked, nextCursor } = await scanSomeKeys(match ?? allKeys(), cursor, KEYS_PER_PART);
  for (let from = 0; from < found.length; from += KEYS_PER_CALL)
    addKeys(scan, await describeKeys(found.slice(from, from + KEYS_PER_CALL)));
  return { ...scan, walked, nextCursor };
}

const allKeys = () => `${env().REDIS_KEY_PREFIX}*`;
const emptyScan = (): KeyScan => ({ keys: 0, byKind: {}, biggest: [], withoutTtl: [] });

function addKeys(scan: KeyScan, found: readonly ScannedKey[]): void {
  for (const scanned of found) {
    const kind = scanned.kind ?? "unknown";
    const sum = scan.byKind[kind] ?? { keys: 0, size: 0 };
    scan.byKind[kind] = { keys: sum.keys + 1, size: sum.size + scanned.size };
    scan.keys += 1;
    scan.biggest.push(scanned);
    if (scanned.ttlSeconds === null && !findKeyKind(scanned.key)?.isPermanent) scan.withoutTtl.push(scanned);
  }
  scan.biggest = scan.biggest.sort((a, b) => b.size - a.size).slice(0, MAX_LISTED);
  scan.withoutTtl = scan.withoutTtl.slice(0, MAX_LISTED);
}

const typeSchema = z.string();
const numberSchema = z.number().int();

/** Two HTTP calls: types and TTLs, then sizes. Keys that have gone meanwhile are left out. */
async function describeKeys(found: readonly string[]): Promise<ScannedKey[]> {
  if (found.length === 0) return [];
  const [types, ttls] = await Promise.all([
    redis().sendPipeline(found.map((key) => ["TYPE", key])),
    redis().sendPipeline(found.map((key) => ["TTL", key])),
  ]);
  const present = found.flatMap((key, index) => {
    const type = typeSchema.catch("none").parse(resultOf(types[index]));
    const ttl = numberSchema.catch(-2).parse(resultOf(ttls[index]));
    return type === "none" || ttl === -2 ? [] : [{ key, type, ttlSeconds: ttl < 0 ? null : ttl }];
  });
  if (present.length === 0) return [];
  const sizes = await redis().sendPipeline(present.map(({ key, type }) => sizeCommand(type, key)));
  return present.map((entry, index) => ({
    ...entry,
    size: numberSchema.catch(0).parse(resultOf(sizes[index])),
    kind: findKeyKind(entry.key)?.name ?? null,
  }));
}

/** The command that counts the elements of a key. */
export function sizeCommand(type: string, key: string): [string, string] {
  return [SIZE_COMMANDS[type] ?? "EXISTS", key];
}
