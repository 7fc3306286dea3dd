import { z } from "zod";
import type { Caller } from "../../core/access-token";
import { env } from "../../core/env";
import { requireRole } from "../../core/permission";
import { redis } from "../../redis";
import { resultOf } from "../../redis/guarded-redis";
import { findKeyKind } from "../../redis/key-types";
import { scanKeys } from "../../redis/scan-keys";

export interface ScannedKey {
  key: string;
  type: string;
  /** Elements of a collection, or characters of a string. */
  size: number;
  /** Null without one. */
  ttlSeconds: number | null;
  /** Its name in lib/redis/keys.ts; null for a key that no code of this version writes. */
  kind: string | null;
}

export interface KeyScan {
  keys: number;
  byKind: Record<string, { keys: number; size: number }>;
  biggest: ScannedKey[];
  /** Keys without a TTL that ought to have one, or that no code knows: they would grow without bound. */
  withoutTtl: ScannedKey[];
}

const MAX_LISTED = 50;
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
  const scan: KeyScan = { keys: 0, byKind: {}, biggest: [], withoutTtl: [] };
  for await (const found of scanKeys(match ?? `${env().REDIS_KEY_PREFIX}*`)) {
    for (const scanned of await describeKeys(found)) {
      const kind = scanned.kind ?? "unknown";
      const sum = scan.byKind[kind] ?? { keys: 0, size: 0 };
      scan.byKind[kind] = { keys: sum.keys + 1, size: sum.size + scanned.size };
      scan.keys += 1;
      scan.biggest.push(scanned);
      if (scanned.ttlSeconds === null && !findKeyKind(scanned.key)?.isPermanent)
        scan.withoutTtl.push(scanned);
    }
    scan.biggest = scan.biggest.sort((a, b) => b.size - a.size).slice(0, MAX_LISTED);
    scan.withoutTtl = scan.withoutTtl.slice(0, MAX_LISTED);
  }
  return scan;
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
  const sizes = await redis().sendPipeline(
    present.map(({ key, type }) => [SIZE_COMMANDS[type] ?? "EXISTS", key]),
  );
  return present.map((entry, index) => ({
    ...entry,
    size: numberSchema.catch(0).parse(resultOf(sizes[index])),
    kind: findKeyKind(entry.key)?.name ?? null,
  }));
}
