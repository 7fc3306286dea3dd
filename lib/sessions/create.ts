import { recordAudit } from "../audit";
import { AppError } from "../core/errors";
import { isForeignKeyViolation, type Transaction } from "../db";
import { commitChange, publishBestEffort, publishOrWaitForTrustExpiry } from "./change";
import { SESSION_TTL_SECONDS } from "./limits";
import { hashToken, readRefreshToken } from "./refresh-token";
import { findLiveSession, insertSession, revokeOldestSessions } from "./rows";
import type { Session, SessionClient } from "./session";

/**
 * Opens a session.
 *
 * @param token      its refresh token, from `newRefreshToken`: contains session and user; only its hash is stored
 * @param expiresIn  seconds until its absolute limit, at most {@link SESSION_TTL_SECONDS}
 * @param recheckCredentials  runs in the transaction that opens it, under the lock that serializes changes of this
 *        user's sessions; throws when the verified credentials are no longer valid
 * @throws {AppError} bad_request for an invalid token, unauthenticated when the account no longer exists
 */
export async function createSession(
  userId: string,
  token: string,
  expiresIn: number,
  client: SessionClient,
  recheckCredentials?: (tx: Transaction) => Promise<void>,
): Promise<Session> {
  const parsedToken = readRefreshToken(token);
  if (parsedToken?.userId !== userId || !(expiresIn > 0)) throw new AppError("bad_request");
  const { result: revokedIds, publish } = await commitChange(userId, async (tx) => {
    await recheckCredentials?.(tx);
    await insertSession(tx, {
      ...client,
      id: parsedToken.sessionId,
      userId,
      tokenHash: hashToken(token),
      expiresInSeconds: Math.min(expiresIn, SESSION_TTL_SECONDS),
    });
    await recordAudit(tx, {
      action: "sign_in",
      actorId: userId,
      subject: `user:${userId}`,
      client,
      data: { sessionId: parsedToken.sessionId },
    });
    return revokeOldestSessions(tx, userId);
  }).catch(asUnauthenticated);
  // The list in Redis is now incomplete; sessions that were revoked to make room must be out before the response.
  await (revokedIds.length > 0 ? publishOrWaitForTrustExpiry(publish) : publishBestEffort(publish));
  const row = await findLiveSession(parsedToken.sessionId, null);
  if (!row) throw new AppError("unauthenticated");
  return row.session;
}

function asUnauthenticated(error: unknown): never {
  throw isForeignKeyViolation(error) ? new AppError("unauthenticated", { cause: error }) : error;
}
