import { z } from "zod";
import { type AuditContext, recordAudit } from "../../audit";
import type { Caller } from "../../core/access-token";
import { requireFreshSignIn, requireRole, type SignedInCaller } from "../../core/permission";
import { db } from "../../db";
import { redis } from "../../redis";
import { findKeyKind } from "../../redis/key-types";
import { parseStoredValue, readCommand, type StoredValue } from "./values";

export interface RedisKey {
  key: string;
  type: string;
  ttlSeconds: number | null;
  /** Its name in lib/redis/keys.ts; null for a key that no code of this version writes. */
  kind: string | null;
  /** Null for a type that the app does not store. */
  value: StoredValue["value"] | null;
}

/**
 * One key with its whole value, which may be personal data: for administrators.
 * @returns null when there is no such key @throws {AppError} forbidden for other callers @throws {RedisUnavailableError}
 */
export async function readRedisKey(caller: Pick<Caller, "role">, key: string): Promise<RedisKey | null> {
  requireRole(caller, "admin");
  const type = z.string().parse(await redis().send(["TYPE", key]));
  if (type === "none") return null;
  const command = readCommand(type, key);
  const ttl = z.number().parse(await redis().send(["TTL", key]));
  const stored = command ? parseStoredValue(type, await redis().send(command)) : null;
  return {
    key,
    type,
    ttlSeconds: ttl < 0 ? null : ttl,
    kind: findKeyKind(key)?.name ?? null,
    value: stored?.value ?? null,
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
  requireRole(caller, "admin");
  requireFreshSignIn(caller);
  const deleted = z.number().parse(await redis().send(["DEL", key])) > 0;
  const kind = findKeyKind(key)?.name ?? "unknown";
  // The key itself may name a person.
  if (deleted)
    await recordAudit(db(), {
      action: "redis_key_deleted",
      actorId: caller.userId,
      subject: "app",
      ...auditContext,
      data: { kind },
    });
  return deleted;
}
