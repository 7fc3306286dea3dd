import { recordAudit } from "../audit";
import { AppError } from "../core/errors";
import { isForeignKeyViolation, type Transaction } from "../db";
import { commitChange, tellOrLeave, untilNobodyBelieves } from "./change";
import { SESSION_TTL_SECONDS } from "./limits";
import { hashOfToken, readRefreshToken } from "./refresh-token";
import { endOldest, insertSession, readSession } from "./rows";
import type { Session, SessionClient } from "./session";

/**
 * Opens a session.
 *
 * @param token      its refresh token, from `newRefreshToken`: names session and person; only its hash is stored
 * @param expiresIn  seconds until it is over whatever happens, at most {@link SESSION_TTL_SECONDS}
 * @param requireProof  asked in the transaction that opens it, once nobody else can end this person's sessions: throws
 *        when what somebody has shown to be let in holds no more
 * @throws {AppError} bad_request for a token that is not one, unauthenticated when the account is gone
 */
export async function createSession(
  userId: string,
  token: string,
  expiresIn: number,
  client: SessionClient,
  requireProof?: (tx: Transaction) => Promise<void>,
): Promise<Session> {
  const parts = readRefreshToken(token);
  if (parts?.userId !== userId || !(expiresIn > 0)) throw new AppError("bad_request");
  const { result: ended, tell } = await commitChange(userId, async (tx) => {
    await requireProof?.(tx);
    await insertSession(tx, {
      ...client,
      id: parts.sessionId,
      userId,
      tokenHash: hashOfToken(token),
      expiresInSeconds: Math.min(expiresIn, SESSION_TTL_SECONDS),
    });
    await recordAudit(tx, {
      action: "sign_in",
      actorId: userId,
      subject: `user:${userId}`,
      client,
      data: { sessionId: parts.sessionId },
    });
    return endOldest(tx, userId);
  }).catch(asGone);
  // The list that Redis has is whole no more; what ended to make room must be out.
  await (ended.length > 0 ? untilNobodyBelieves(tell) : tellOrLeave(tell));
  const read = await readSession(parts.sessionId, null);
  if (!read) throw new AppError("unauthenticated");
  return read.session;
}

function asGone(error: unknown): never {
  throw isForeignKeyViolation(error) ? new AppError("unauthenticated", { cause: error }) : error;
}
