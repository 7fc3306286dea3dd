import { type AuditAction, type AuditContext, recordAudit } from "../audit";
import { db, transaction } from "../db";
import { catchUpNow } from "./catch-up";
import { commitChange, publishBestEffort, publishOrWaitForTrustExpiry } from "./change";
import { readRefreshToken } from "./refresh-token";
import { revokeAllSessions, revokeSessions, type SessionSelection } from "./rows";
import type { RevokeReason } from "./session";

/** Ending sessions. Each resolves when no instance lets the session in any more (change.ts). */

interface DeleteOptions {
  /** Whose it must be; a stranger's is left alone. */
  userId?: string;
  reason?: RevokeReason;
  /** From where it is done, for the audit log. */
  auditContext?: AuditContext;
}

/** Ends one session. @returns false when there was none to end */
export async function deleteSession(
  sessionId: string,
  { userId, reason = "sign_out", auditContext }: DeleteOptions = {},
): Promise<boolean> {
  const row = await db().session.findUnique({
    where: { id: sessionId },
    select: { userId: true, revokedAt: true },
  });
  if (!row || row.revokedAt || (userId !== undefined && row.userId !== userId)) return false;
  return (await revokeAndAudit(row.userId, { only: sessionId }, reason, auditContext)) > 0;
}

/** Ends all sessions of a person but this one. @returns how many */
export function deleteOtherUserSessions(
  userId: string,
  currentSessionId: string,
  auditContext?: AuditContext,
): Promise<number> {
  return revokeAndAudit(userId, { except: currentSessionId }, "others", auditContext);
}

/** Ends all sessions of a person. @returns how many */
export function deleteAllUserSessions(
  userId: string,
  reason: RevokeReason = "all",
  auditContext?: AuditContext,
): Promise<number> {
  return revokeAndAudit(userId, {}, reason, auditContext);
}

/** Ends everybody's sessions: for an operator whose secrets have leaked. @returns how many */
export async function clearAllSessions(): Promise<number> {
  const count = await transaction(async (tx) => {
    await recordAudit(tx, { action: "sessions_cleared", actorId: null, subject: "app" });
    return revokeAllSessions(tx);
  });
  await publishOrWaitForTrustExpiry(catchUpNow);
  return count;
}

/** Somebody signs in anew on a device that was signed in: what it had ends. Nothing for null or a stranger's token. */
export async function replaceSession(refreshToken: string | null): Promise<void> {
  const sessionId = sessionIdFromRefreshToken(refreshToken);
  if (sessionId !== null) await deleteSession(sessionId, { reason: "replaced" });
}

/** Whose refresh token it is or was; null for none of ours. */
export function sessionIdFromRefreshToken(refreshToken: string | null): string | null {
  return refreshToken === null ? null : (readRefreshToken(refreshToken)?.sessionId ?? null);
}

/** Under which name it is in the audit log. A sign-in that replaces another one is there as itself. */
const AUDIT_ACTIONS: Partial<Record<RevokeReason, AuditAction>> = {
  sign_out: "sign_out",
  others: "sessions_ended",
  all: "sessions_ended",
  reuse: "refresh_reused",
};

async function revokeAndAudit(
  userId: string,
  selection: SessionSelection,
  reason: RevokeReason,
  auditContext?: AuditContext,
): Promise<number> {
  const { result: revokedCount, publish } = await commitChange(userId, async (tx) => {
    const ids = await revokeSessions(tx, userId, selection, reason);
    const action = AUDIT_ACTIONS[reason];
    if (action && ids.length > 0) {
      const actorId = reason === "reuse" ? null : userId;
      const data = {
        why: reason,
        ended: ids.length,
        ...(selection.only ? { sessionId: selection.only } : {}),
      };
      await recordAudit(tx, { ...auditContext, action, actorId, subject: `user:${userId}`, data });
    }
    return ids.length;
  });
  // A device that signed in anew has given up its old session itself: nobody relies on that one being out.
  await (reason === "replaced" ? publishBestEffort(publish) : publishOrWaitForTrustExpiry(publish));
  return revokedCount;
}
