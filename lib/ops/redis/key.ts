import { z } from "zod";
import type { AuditContext } from "../../audit";
import type { Caller } from "../../core/access-token";
import { AppError } from "../../core/errors";
import type { Locale } from "../../core/locale";
import { requireRole, type SignedInCaller } from "../../core/permission";
import { isStorable } from "../../core/text";
import { redis } from "../../redis";
import type { CommandArguments } from "../../redis/guarded-redis";
import { findKeyKind, KEY_KINDS, type KeyKind, keyPattern } from "../../redis/key-types";
import { scanKeys } from "../../redis/scan-keys";
import { reasonBodySchema } from "../../schemas/reason";
import { recordThen } from "../record-then";
import { requireOperator } from "../require-operator";
import { isIrreplaceable, purposeOf } from "./purposes";
import { sizeCommand } from "./scan";
import { readStart } from "./values";

const keyTextSchema = z.string().min(1).max(600).refine(isStorable);

export const redisKeyQuerySchema = z.object({ key: keyTextSchema });
export const deleteKeySchema = reasonBodySchema.extend({ key: keyTextSchema });
const MAX_TTL_SECONDS = 30 * 86_400;
export const expireKeySchema = deleteKeySchema.extend({
  ttlSeconds: z.coerce.number().int().min(1).max(MAX_TTL_SECONDS),
});
export const deleteKindSchema = reasonBodySchema.extend({ kind: z.string().min(1).max(60) });

export const redisKeySchema = z.object({
  key: z.string(),
  type: z.string(),
  ttlSeconds: z.int().nullable(),
  /** Elements of a collection, or characters of a string. */
  size: z.int(),
  /** Its name in lib/redis/keys.ts; null for a key that no code of this version writes. */
  kind: z.string().nullable(),
  /** What it is for and what is lost with it; null as above. */
  purpose: z.string().nullable(),
  /** Nothing makes again what is lost with it. */
  irreplaceable: z.boolean(),
  /** Its beginning, a text for each element; a hash alternates field and value, a sorted set member and score. */
  value: z.array(z.string()),
  /** There is more of it. */
  truncated: z.boolean(),
});

export type RedisKey = z.infer<typeof redisKeySchema>;

/**
 * One key with the beginning of its value, which may be personal data: for administrators. Four commands.
 * @returns null when there is no such key @throws {AppError} forbidden for other callers @throws {RedisUnavailableError}
 */
export async function readRedisKey(
  caller: Pick<Caller, "role">,
  key: string,
  locale: Locale = "en",
): Promise<RedisKey | null> {
  requireRole(caller, "admin");
  const type = z.string().parse(await redis().send(["TYPE", key]));
  if (type === "none") return null;
  const [ttl, size, start] = await Promise.all([
    redis().send(["TTL", key]),
    redis().send(sizeCommand(type, key)),
    readStart(type, key),
  ]);
  const kind = findKeyKind(key)?.name ?? null;
  const ttlSeconds = z.int().parse(ttl);
  return {
    ...{ key, type, ttlSeconds: ttlSeconds < 0 ? null : ttlSeconds, size: z.int().catch(0).parse(size) },
    ...{ kind, purpose: purposeOf(kind, locale), irreplaceable: isIrreplaceable(kind) },
    ...start,
  };
}

/**
 * Deletes a key. What is lost with each kind is in docs/REDIS.md.
 * @returns whether there was one
 * @throws {AppError} forbidden; fresh_sign_in_required @throws {RedisUnavailableError}
 */
export async function deleteRedisKey(
  caller: SignedInCaller,
  key: string,
  auditContext: AuditContext,
): Promise<boolean> {
  requireOperator(caller);
  if (!(await exists(key))) return false;
  // The key itself may name a person.
  const data = { kind: findKeyKind(key)?.name ?? "unknown" };
  return recordThen({ caller, action: "redis_key_deleted", data }, auditContext, () => applies(["DEL", key]));
}

/**
 * Gives a key a TTL, instead of the one it has.
 * @returns whether there was one
 * @throws {AppError} forbidden; fresh_sign_in_required @throws {RedisUnavailableError}
 */
export async function expireRedisKey(
  caller: SignedInCaller,
  { key, ttlSeconds }: { key: string; ttlSeconds: number },
  auditContext: AuditContext,
): Promise<boolean> {
  requireOperator(caller);
  if (!(await exists(key))) return false;
  const data = { kind: findKeyKind(key)?.name ?? "unknown", ttlSeconds };
  return recordThen({ caller, action: "redis_key_expired", data }, auditContext, () =>
    applies(["EXPIRE", key, ttlSeconds]),
  );
}

const exists = (key: string) => applies(["EXISTS", key]);

/** Whether there was something to apply the command to. */
async function applies(command: CommandArguments): Promise<boolean> {
  return z.number().parse(await redis().send(command)) > 0;
}

/**
 * Deletes all keys of a kind of the registry. Walks all keys of Redis. Safe to repeat.
 * @returns how many
 * @throws {AppError} forbidden; fresh_sign_in_required; not_found for an unknown kind @throws {RedisUnavailableError}
 */
export async function deleteRedisKind(
  caller: SignedInCaller,
  name: string,
  auditContext: AuditContext,
): Promise<number> {
  requireOperator(caller);
  const kind = KEY_KINDS.find((known): known is KeyKind => known === name);
  if (!kind) throw new AppError("not_found", { message: "unknown_namespace" });
  return recordThen({ caller, action: "redis_kind_deleted", data: { kind } }, auditContext, async () => {
    let deleted = 0;
    for await (const found of scanKeys(keyPattern(kind))) {
      const keys = found.filter((key) => findKeyKind(key)?.name === kind);
      if (keys.length > 0) deleted += z.number().parse(await redis().send(["UNLINK", ...keys]));
    }
    return deleted;
  });
}
