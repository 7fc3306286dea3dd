import { signAccessToken } from "../core/access-token";
import { now } from "../core/clock";
import { newId } from "../core/ids";
import type { Transaction } from "../db";
import { createSession } from "./create";
import { ACCESS_TOKEN_TTL_SECONDS, SESSION_TTL_SECONDS } from "./limits";
import { newRefreshToken } from "./refresh-token";
import { type Session, type SessionClient, sessionExpiryMs } from "./session";

/** The tokens of a device that has just authenticated. */
export interface IssuedTokens {
  session: Session;
  accessToken: string;
  /** When the access token expires; ISO 8601, UTC. */
  expiresAt: string;
  refreshToken: string;
}

/**
 * Opens a session for a user whose password was just verified.
 * @param recheckCredentials  throws when the password has changed since (`createSession`)
 * @throws {AppError} unauthenticated when the account no longer exists
 */
export async function startSession(
  { userId }: { userId: string },
  client: SessionClient,
  recheckCredentials?: (tx: Transaction) => Promise<void>,
): Promise<IssuedTokens> {
  const refreshToken = newRefreshToken(newId(), userId);
  const session = await createSession(userId, refreshToken, SESSION_TTL_SECONDS, client, recheckCredentials);
  return issueTokens(session, refreshToken);
}

/** Issues a new access token for a live session; the token never outlives the session. */
export async function issueTokens(session: Session, refreshToken: string): Promise<IssuedTokens> {
  const { id, userId, seq, role, name } = session;
  const ttlSeconds = Math.min(ACCESS_TOKEN_TTL_SECONDS, Math.ceil((sessionExpiryMs(session) - now()) / 1000));
  const accessToken = await signAccessToken({ userId, sessionId: id, seq, role, name }, ttlSeconds);
  return {
    session,
    accessToken,
    expiresAt: new Date(now() + ttlSeconds * 1000).toISOString(),
    refreshToken,
  };
}
