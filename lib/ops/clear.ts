import { type AuditContext, recordAudit } from "../audit";
import { clearCache, isNamespaceName } from "../cache";
import { messageCache } from "../chat";
import { AppError } from "../core/errors";
import type { SignedInCaller } from "../core/permission";
import { db } from "../db";
import { clearAllPresence } from "../presence";
import { clearAllSessions } from "../sessions";
import { requireOperator } from "./require-operator";

/**
 * What an operator empties. Each is for administrators who have just signed in, and recorded with its reason after it was
 * done; nothing of it is lost, since Postgres has it all.
 */

/**
 * Empties one namespace of the cache, or all of them and the cached chat messages.
 * @returns how many entries were deleted
 * @throws {AppError} forbidden; fresh_sign_in_required; not_found for an unknown namespace
 * @throws {RedisUnavailableError}
 */
export async function clearCaches(
  caller: SignedInCaller,
  namespace: string | undefined,
  auditContext: AuditContext,
): Promise<number> {
  requireOperator(caller);
  if (namespace !== undefined && !isNamespaceName(namespace))
    throw new AppError("not_found", { message: "unknown_namespace" });
  const deleted = await clearCache(namespace);
  if (namespace === undefined) await messageCache.clearAllCache();
  await recordAudit(db(), {
    action: "cache_cleared",
    actorId: caller.userId,
    subject: "app",
    ...auditContext,
    data: { namespace: namespace ?? "all", deleted },
  });
  return deleted;
}

/** Everybody is absent until their next heartbeat. @throws {AppError} as above @throws {RedisUnavailableError} */
export async function clearPresence(caller: SignedInCaller, auditContext: AuditContext): Promise<void> {
  requireOperator(caller);
  await clearAllPresence();
  await recordAudit(db(), {
    action: "presence_cleared",
    actorId: caller.userId,
    subject: "app",
    ...auditContext,
  });
}

/** Everybody has to sign in again. @returns how many sessions ended @throws {AppError} as above */
export function clearSessions(caller: SignedInCaller, auditContext: AuditContext): Promise<number> {
  requireOperator(caller);
  return clearAllSessions({ actorId: caller.userId, ...auditContext });
}
