import { db, transaction } from "../db";
import { catchUp } from "./belief";
import { commitChange, untilNobodyBelieves } from "./change";
import { readRefreshToken } from "./refresh-token";
import { endEverySession, endSessions, type Which } from "./rows";
import type { RevokeReason } from "./session";

/** Ending sessions. Each resolves when no instance lets the session in any more (change.ts). */

interface DeleteOptions {
  /** Whose it must be; a stranger's is left alone. */
  userId?: string;
  why?: RevokeReason;
}

/** Ends one session. @returns false when there was none to end */
export async function deleteSession(
  sessionId: string,
  { userId, why = "sign_out" }: DeleteOptions = {},
): Promise<boolean> {
  const row = await db().session.findUnique({
    where: { id: sessionId },
    select: { userId: true, revokedAt: true },
  });
  if (!row || row.revokedAt || (userId !== undefined && row.userId !== userId)) return false;
  return (await end(row.userId, { only: sessionId }, why)) > 0;
}

/** Ends all sessions of a person but this one. @returns how many */
export function deleteOtherUserSessions(userId: string, currentSessionId: string): Promise<number> {
  return end(userId, { except: currentSessionId }, "others");
}

/** Ends all sessions of a person. @returns how many */
export function deleteAllUserSessions(userId: string, why: RevokeReason = "all"): Promise<number> {
  return end(userId, {}, why);
}

/** Ends everybody's sessions: for an operator whose secrets have leaked. @returns how many */
export async function clearAllSessions(): Promise<number> {
  const count = await transaction(endEverySession);
  await untilNobodyBelieves(catchUp);
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

async function end(userId: string, which: Which, why: RevokeReason): Promise<number> {
  const { result: ended, tell } = await commitChange(userId, (tx) => endSessions(tx, userId, which, why));
  await untilNobodyBelieves(tell);
  return ended.length;
}
