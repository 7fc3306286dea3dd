import { type AuditContext, recordAudit } from "../audit";
import { AppError } from "../core/errors";
import type { SignedInCaller } from "../core/permission";
import { db } from "../db";
import { withPasswordLimit } from "../rate-limit/handler-limits";
import { updateSession } from "../sessions";
import { checkPassword } from "./password";

/**
 * Makes a session fresh (`requireFreshSignIn`) by checking the password.
 * @returns the time of the check, ISO 8601
 * @throws {AppError} bad_request for a wrong password, unauthenticated when the session was revoked meanwhile
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
 * Checks the caller's password. A wrong one is not a 401, which would mean that the session is over. It is recorded in
 * the audit log: an attacker may be guessing on an unlocked device.
 *
 * @throws {AppError} bad_request for a wrong password; rate_limited after too many of them in one session
 */
export function requirePassword(
  { userId, sessionId }: SignedInCaller,
  password: string,
  auditContext: AuditContext = {},
): Promise<void> {
  return withPasswordLimit(sessionId, async () => {
    const row = await db().user.findUnique({
      where: { id: userId, deletedAt: null },
      select: { passwordHash: true },
    });
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
