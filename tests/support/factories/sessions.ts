import { type Caller, signAccessToken } from "@/lib/core/access-token";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { changeAccount, type IssuedTokens, startSession } from "@/lib/sessions";

const CLIENT = { ip: null, userAgent: "tests" };

/** A session as sign-in opens it, without the password. */
export function startTestSession({ userId }: Pick<Caller, "userId">): Promise<IssuedTokens> {
  return startSession({ userId }, CLIENT);
}

const tokens = new Map<string, Promise<string>>();

/** An access token of somebody's session; one session a person in each test file. Nobody refreshes it. */
export function accessTokenFor(caller: Caller): Promise<string> {
  const token = tokens.get(caller.userId) ?? createSessionToken(caller);
  tokens.set(caller.userId, token);
  return token;
}

/** A session's row and nothing else: most tests only want to be somebody. */
export async function createSessionToken(
  { userId, seq, role, name }: Caller,
  tokenSeconds = 900,
): Promise<string> {
  const id = newId();
  const at = new Date();
  await db().session.create({
    data: {
      ...{ id, userId, tokenHash: `of no token, ${id}`, ...CLIENT },
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

/** Has `tokenOf` answer a token of a session that nobody has opened: for when Postgres is not there to. */
export function stubAccessToken(caller: Caller): void {
  tokens.set(caller.userId, signAccessToken({ ...caller, sessionId: newId() }, 600));
}

/** Makes a session's password one that was given an hour ago. */
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
