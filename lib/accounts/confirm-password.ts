import { type AuditContext, recordAudit } from "../audit";
import { AppError } from "../core/errors";
import type { SignedInCaller } from "../core/permission";
import { db } from "../db";
import { withPasswordLimit } from "../rate-limit/handler-limits";
import { updateSession } from "../sessions";
import { checkPassword } from "./password";

/**
 * Makes a session fresh (`requireFresh`), by the password.
 * @returns when, ISO 8601
 * @throws {AppError} bad_request for a wrong password, unauthenticated when the session has ended meanwhile
 */
export async function confirmPassword(
  caller: SignedInCaller,
  password: string,
  auditContext: AuditContext = {},
): Promise<string> {
  await requirePassword(caller, password, auditContext);
  const session = await updateSession(caller.sessionId, { authenticated: true });
  if (!session) throw new AppError("unauthenticated");
  return new Date(session.authenticatedAt).toISOString();
}

/**
 * Not a 401, which would mean that the session is over. A wrong one is written down: somebody may be guessing on a
 * device that was left open.
 *
 * @throws {AppError} bad_request for a wrong password; rate_limited after too many in one session
 */
export function requirePassword(
  { userId, sessionId }: SignedInCaller,
  password: string,
  auditContext: AuditContext = {},
): Promise<void> {
  return withPasswordLimit(sessionId, async () => {
    const row = await db().user.findUnique({ where: { id: userId }, select: { passwordHash: true } });
    if (!(await checkPassword(password, row?.passwordHash ?? null))) {
      const subject = `user:${userId}` as const;
      await recordAudit(db(), {
        action: "password_confirm_failed",
        actorId: userId,
        subject,
        ...auditContext,
      });
      throw new AppError("bad_request", { message: "wrong_password", field: "password" });
    }
  });
}
