import { now } from "../core/clock";
import { AppError } from "../core/errors";
import { failpoint } from "../core/failpoint";
import { log } from "../core/log";
import { publishBestEffort } from "./change";
import { deleteSession } from "./delete-sessions";
import { type IssuedTokens, issueTokens } from "./issue-tokens";
import { REFRESH_GRACE_MS } from "./limits";
import { hashToken, nextRefreshToken, readRefreshToken } from "./refresh-token";
import { findLiveSession, rotateSession } from "./rows";
import type { SessionClient } from "./session";
import * as store from "./store";

/**
 * Rotates a refresh token, at most once in {@link REFRESH_GRACE_MS}, and issues an access token. Safe to repeat within
 * that time: concurrent tabs, and a device that lost the response, get the same next token. An older token may be a
 * stolen copy, so its session is revoked (RFC 9700, 4.14.2).
 *
 * @throws {AppError} unauthenticated for a token that is not ours, and for a revoked or expired session
 */
export async function refreshSession(refreshToken: string, client: SessionClient): Promise<IssuedTokens> {
  const token = readRefreshToken(refreshToken);
  if (!token) throw new AppError("unauthenticated");
  const next = nextRefreshToken(token);
  const rotated = await rotateSession(token.sessionId, hashToken(refreshToken), hashToken(next), client);
  if (rotated) {
    await failpoint("sessions.rotated");
    await publishBestEffort(() => store.evict(token.sessionId));
    return issueTokens(rotated.session, next);
  }

  const current = await findLiveSession(token.sessionId, null);
  if (!current) throw new AppError("unauthenticated");
  const { session } = current;
  const sinceRotationMs = now() - (session.rotatedAt ?? 0);
  // Too recent to rotate again, so that a token that is two rotations old is never one that a tab has just sent.
  if (session.tokenHash === hashToken(refreshToken)) return issueTokens(session, refreshToken);
  const isPrevious = session.rotation === token.rotation + 1 && session.tokenHash === hashToken(next);
  if (isPrevious && sinceRotationMs < REFRESH_GRACE_MS) return issueTokens(session, next);
  if (session.rotation > token.rotation) {
    log().warn({ userId: token.userId, sessionId: token.sessionId }, "session revoked: refresh token reused");
    await deleteSession(token.sessionId, {
      userId: token.userId,
      reason: "reuse",
      auditContext: { client },
    });
  }
  throw new AppError("unauthenticated");
}
