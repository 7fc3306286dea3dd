import { type AuditAction, type AuditContext, recordAudit } from "../audit";
import { db, transaction } from "../db";
import { catchUpAnew } from "./catch-up";
import { commitChange, tellOrLeave, untilNobodyBelieves } from "./change";
import { readRefreshToken } from "./refresh-token";
import { endEverySession, endSessions, type Which } from "./rows";
import type { RevokeReason } from "./session";

/** Ending sessions. Each resolves when no instance lets the session in any more (change.ts). */

interface DeleteOptions {
  /** Whose it must be; a stranger's is left alone. */
  userId?: string;
  why?: RevokeReason;
  /** From where it is done, for the audit log. */
  context?: AuditContext;
}

/** Ends one session. @returns false when there was none to end */
export async function deleteSession(
  sessionId: string,
  { userId, why = "sign_out", context }: DeleteOptions = {},
): Promise<boolean> {
  const row = await db().session.findUnique({
    where: { id: sessionId },
    select: { userId: true, revokedAt: true },
  });
  if (!row || row.revokedAt || (userId !== undefined && row.userId !== userId)) return false;
  return (await end(row.userId, { only: sessionId }, why, context)) > 0;
}

/** Ends all sessions of a person but this one. @returns how many */
export function deleteOtherUserSessions(
  userId: string,
  currentSessionId: string,
  context?: AuditContext,
): Promise<number> {
  return end(userId, { except: currentSessionId }, "others", context);
}

/** Ends all sessions of a person. @returns how many */
export function deleteAllUserSessions(
  userId: string,
  why: RevokeReason = "all",
  context?: AuditContext,
): Promise<number> {
  return end(userId, {}, why, context);
}

/** Ends everybody's sessions: for an operator whose secrets have leaked. @returns how many */
export async function clearAllSessions(): Promise<number> {
  const count = await transaction(async (tx) => {
    await recordAudit(tx, { action: "sessions_cleared", actorId: null, subject: "app" });
    return endEverySession(tx);
  });
  await untilNobodyBelieves(catchUpAnew);
  return count;
}

/** Somebody signs in anew on a device that was signed in: what it had ends. Nothing for null or a stranger's token. */
export async function replaceSession(refreshToken: string | null): Promise<void> {
  const sessionId = sessionIdOf(refreshToken);
  if (sessionId !== null) await deleteSession(sessionId, { why: "replaced" });
}

/** Whose refresh token it is or was; null for none of ours. */
export function sessionIdOf(refreshToken: string | null): string | null {
  return refreshToken === null ? null : (readRefreshToken(refreshToken)?.sessionId ?? null);
}

/** Under which name it is in the audit log. A sign-in that replaces another one is there as itself. */
const ACTIONS: Partial<Record<RevokeReason, AuditAction>> = {
  sign_out: "sign_out",
  others: "sessions_ended",
  all: "sessions_ended",
  reuse: "refresh_reused",
};

async function end(userId: string, which: Which, why: RevokeReason, context?: AuditContext): Promise<number> {
  const { result: ended, tell } = await commitChange(userId, async (tx) => {
    const ids = await endSessions(tx, userId, which, why);
    const action = ACTIONS[why];
    if (action && ids.length > 0) {
      const actorId = why === "reuse" ? null : userId;
      const data = { why, ended: ids.length, ...(which.only ? { sessionId: which.only } : {}) };
      await recordAudit(tx, { ...context, action, actorId, subject: `user:${userId}`, data });
    }
    return ids.length;
  });
  // A device that signed in anew has given up its old session itself: nobody relies on that one being out.
  await (why === "replaced" ? tellOrLeave(tell) : untilNobodyBelieves(tell));
  return ended;
}
