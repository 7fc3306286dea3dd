import { type AuditAction, type AuditContext, recordAudit } from "../audit";
import { db, transaction } from "../db";
import { catchUpNow } from "./catch-up";
import { commitChange, publishBestEffort, publishOrWaitForTrustExpiry } from "./change";
import { readRefreshToken } from "./refresh-token";
import { revokeAllSessions, revokeSessions, type SessionSelection } from "./rows";
import type { RevokeReason } from "./session";

/**
 * Revokes sessions in Postgres, then in Redis. Except for the reason `replaced`, a revocation resolves when no instance
 * accepts the session any more (change.ts).
 */

interface DeleteOptions {
  /** The required owner: a session of another user is not revoked. */
  userId?: string;
  reason?: RevokeReason;
  /** The request's origin, for the audit log. */
  auditContext?: AuditContext;
  /** Who ends it: an operator. By default the user. */
  actorId?: string;
}

/** Revokes one session. @returns false when there was none to revoke */
export async function deleteSession(
  sessionId: string,
  { userId, reason = "sign_out", auditContext, actorId }: DeleteOptions = {},
): Promise<boolean> {
  const row = await db().session.findUnique({
    where: { id: sessionId },
    select: { userId: true, revokedAt: true },
  });
  if (!row || row.revokedAt || (userId !== undefined && row.userId !== userId)) return false;
  return (await revokeAndAudit(row.userId, { only: sessionId }, reason, auditContext, actorId)) > 0;
}

/** Revokes all sessions of a user except the current one. @returns how many */
export function deleteOtherUserSessions(
  userId: string,
  currentSessionId: string,
  auditContext?: AuditContext,
): Promise<number> {
  return revokeAndAudit(userId, { except: currentSessionId }, "others", auditContext);
}

/**
 * Revokes all sessions of a user.
 * @param actorId  who does it, if not the user
 * @returns how many
 */
export function deleteAllUserSessions(
  userId: string,
  reason: RevokeReason = "all",
  auditContext?: AuditContext,
  actorId?: string,
): Promise<number> {
  return revokeAndAudit(userId, {}, reason, auditContext, actorId);
}

/** Of the one statement over all sessions: some seconds for a million. */
const CLEAR_TIMEOUT_MS = 120_000;

/**
 * Revokes the sessions of all users: for an operator after a leak of secrets.
 * @param operator  who does it and why; the caller has checked that they may
 * @returns how many
 */
export async function clearAllSessions({
  actorId = null,
  ...auditContext
}: AuditContext & { actorId?: string | null } = {}): Promise<number> {
  const count = await transaction(
    async (tx) => {
      await recordAudit(tx, { action: "sessions_cleared", actorId, subject: "app", ...auditContext });
      return revokeAllSessions(tx);
    },
    { timeoutMs: CLEAR_TIMEOUT_MS },
  );
  await publishOrWaitForTrustExpiry(catchUpNow);
  return count;
}

/** Revokes the previous session of a device that signs in again. Does nothing for null or a token we never issued. */
export async function replaceSession(refreshToken: string | null): Promise<void> {
  const sessionId = sessionIdFromRefreshToken(refreshToken);
  if (sessionId !== null) await deleteSession(sessionId, { reason: "replaced" });
}

/** The session that a refresh token belongs to, also after its rotation; null for a token that we never issued. */
export function sessionIdFromRefreshToken(refreshToken: string | null): string | null {
  return refreshToken === null ? null : (readRefreshToken(refreshToken)?.sessionId ?? null);
}

/** Audit actions of the reasons given here. `replaced` has none: the sign-in that replaced the session is recorded. */
const ACTION_BY_REASON: Partial<Record<RevokeReason, AuditAction>> = {
  sign_out: "sign_out",
  others: "sessions_ended",
  all: "sessions_ended",
  operator: "sessions_ended",
  reuse: "refresh_reused",
};

async function revokeAndAudit(
  userId: string,
  selection: SessionSelection,
  reason: RevokeReason,
  auditContext?: AuditContext,
  operatorId?: string,
): Promise<number> {
  const { result: revokedCount, publish } = await commitChange(userId, async (tx) => {
    const ids = await revokeSessions(tx, userId, selection, reason);
    const action = ACTION_BY_REASON[reason];
    if (action && ids.length > 0) {
      const actorId = reason === "reuse" ? null : (operatorId ?? userId);
      const data = {
        why: reason,
        ended: ids.length,
        ...(selection.only ? { sessionId: selection.only } : {}),
      };
      await recordAudit(tx, { ...auditContext, action, actorId, subject: `user:${userId}`, data });
    }
    return ids.length;
  });
  // A device that signs in again gives up its old session, so the response need not wait until no instance accepts it.
  await (reason === "replaced" ? publishBestEffort(publish) : publishOrWaitForTrustExpiry(publish));
  return revokedCount;
}
