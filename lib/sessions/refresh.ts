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
 * Changes a refresh token for the next one and an access token, at most once in {@link REFRESH_GRACE_MS}. Safe to
 * repeat within that time: however many tabs do it at once, and a device whose answer was lost, get the same next
 * token. A token from before that is a copy somebody else may have: its session ends (RFC 9700, 4.14.2).
 *
 * @throws {AppError} unauthenticated when the token is none, or its session has ended or is over
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
  // Too new to be changed: so a token that is two behind is never one that some tab has only just sent.
  if (session.tokenHash === hashToken(refreshToken)) return issueTokens(session, refreshToken);
  const isPrevious = session.rotation === token.rotation + 1 && session.tokenHash === hashToken(next);
  if (isPrevious && sinceRotationMs < REFRESH_GRACE_MS) return issueTokens(session, next);
  if (session.rotation > token.rotation) {
    log().warn(
      { userId: token.userId, sessionId: token.sessionId },
      "a refresh token was used again: its session ends",
    );
    await deleteSession(token.sessionId, {
      userId: token.userId,
      reason: "reuse",
      auditContext: { client },
    });
  }
  throw new AppError("unauthenticated");
}
