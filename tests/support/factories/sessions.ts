import { type Caller, signAccessToken } from "@/lib/core/access-token";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { changeAccount, type IssuedTokens, startSession } from "@/lib/sessions";

const CLIENT = { ip: null, userAgent: "tests" };

/** Opens a session as sign-in does, without a password. */
export function startTestSession({ userId }: Pick<Caller, "userId">): Promise<IssuedTokens> {
  return startSession({ userId }, CLIENT);
}

const tokens = new Map<string, Promise<string>>();

/** An access token of a user's session; one session per user and test file. It is never refreshed. */
export function accessTokenFor(caller: Caller): Promise<string> {
  const token = tokens.get(caller.userId) ?? createSessionToken(caller);
  tokens.set(caller.userId, token);
  return token;
}

/** After all sessions were ended: {@link accessTokenFor} opens others. */
export function dropAccessTokens(): void {
  tokens.clear();
}

/** Inserts only a session's row, which is enough to authenticate. */
export async function createSessionToken(
  { userId, seq, role, name }: Caller,
  tokenSeconds = 900,
): Promise<string> {
  const id = newId();
  const at = new Date();
  await db().session.create({
    data: {
      ...{ id, userId, tokenHash: `no token, ${id}`, ...CLIENT },
      ...{
        authenticatedAt: at,
        lastSeenAt: at,
        createdAt: at,
        expiresAt: new Date(at.getTime() + 86_400_000),
      },
    },
    select: { id: true },
  });
  return signAccessToken({ userId, sessionId: id, seq, role, name }, tokenSeconds);
}

/** Makes {@link accessTokenFor} return a token of a session without a row: for tests without Postgres. */
export function stubAccessToken(caller: Caller): void {
  tokens.set(caller.userId, signAccessToken({ ...caller, sessionId: newId() }, 600));
}

/** Sets the session's last password confirmation to an hour ago. */
export async function expirePasswordConfirmation(sessionId: string): Promise<void> {
  const { userId } = await db().session.findUniqueOrThrow({
    where: { id: sessionId },
    select: { userId: true },
  });
  await changeAccount(userId, async (tx) => {
    const authenticatedAt = new Date(Date.now() - 3_600_000);
    await tx.session.update({ where: { id: sessionId }, data: { authenticatedAt } });
  });
}
