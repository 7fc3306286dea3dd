import type { Caller } from "@/lib/core/access-token";
import { db } from "@/lib/db";
import { changeAccount, type Issued, startSession } from "@/lib/sessions";

const CLIENT = { ip: null, userAgent: "tests" };

/** A session as sign-in opens it, without the password. */
export function signInAs({ userId }: Pick<Caller, "userId">): Promise<Issued> {
  return startSession({ userId }, CLIENT);
}

const tokens = new Map<string, Promise<string>>();

/** An access token of somebody's session; one session a person in each test file. */
export function tokenOf(caller: Caller): Promise<string> {
  const token = tokens.get(caller.userId) ?? signInAs(caller).then(({ accessToken }) => accessToken);
  tokens.set(caller.userId, token);
  return token;
}

/** Makes a session's password one that was given an hour ago. */
export async function makeStale(sessionId: string): Promise<void> {
  const { userId } = await db().session.findUniqueOrThrow({
    where: { id: sessionId },
    select: { userId: true },
  });
  await changeAccount(userId, async (tx) => {
    const authenticatedAt = new Date(Date.now() - 3_600_000);
    await tx.session.update({ where: { id: sessionId }, data: { authenticatedAt } });
  });
}
