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
 * @param token      its refresh token, from `newRefreshToken`: names session and person; only its hash is stored
 * @param expiresIn  seconds until it is over whatever happens, at most {@link SESSION_TTL_SECONDS}
 * @param recheckCredentials  asked in the transaction that opens it, once nobody else can end this person's sessions: throws
 *        when what somebody has shown to be let in holds no more
 * @throws {AppError} bad_request for a token that is not one, unauthenticated when the account is gone
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
  // The list that Redis has is whole no more; what ended to make room must be out.
  await (revokedIds.length > 0 ? publishOrWaitForTrustExpiry(publish) : publishBestEffort(publish));
  const row = await findLiveSession(parsedToken.sessionId, null);
  if (!row) throw new AppError("unauthenticated");
  return row.session;
}

function asUnauthenticated(error: unknown): never {
  throw isForeignKeyViolation(error) ? new AppError("unauthenticated", { cause: error }) : error;
}
