import type { AuditContext } from "../audit";
import { clearCache, isNamespaceName } from "../cache";
import { messageCache } from "../chat";
import { AppError } from "../core/errors";
import type { SignedInCaller } from "../core/permission";
import { clearAllPresence } from "../presence";
import { clearAllSessions } from "../sessions";
import { recordThen } from "./record-then";
import { requireOperator } from "./require-operator";

/**
 * What an operator empties. Each is for administrators who have just signed in, and recorded with its reason before it is
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
  const record = { caller, action: "cache_cleared", data: { namespace: namespace ?? "all" } } as const;
  return recordThen(record, auditContext, async () => {
    const deleted = await clearCache(namespace);
    if (namespace === undefined) await messageCache.clearAllCache();
    return deleted;
  });
}

/** Everybody is absent until their next heartbeat. @throws {AppError} as above @throws {RedisUnavailableError} */
export async function clearPresence(caller: SignedInCaller, auditContext: AuditContext): Promise<void> {
  requireOperator(caller);
  await recordThen({ caller, action: "presence_cleared" }, auditContext, clearAllPresence);
}

/** Everybody has to sign in again. @returns how many sessions ended @throws {AppError} as above */
export function clearSessions(caller: SignedInCaller, auditContext: AuditContext): Promise<number> {
  requireOperator(caller);
  return clearAllSessions({ actorId: caller.userId, ...auditContext });
}
