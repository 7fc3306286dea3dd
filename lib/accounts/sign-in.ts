import type { z } from "zod";
import { type AuditContext, recordAudit } from "../audit";
import { AppError } from "../core/errors";
import { db, type Transaction } from "../db";
import { withSignInLimit } from "../rate-limit/handler-limits";
import type { signInSchema, User } from "../schemas/account";
import { checkPassword } from "./password";
import { toUser, userColumns } from "./user";

/** The result of a correct password. */
interface VerifiedCredentials {
  user: User;
  /**
   * Run it in the transaction that opens the session: otherwise a concurrent password change, which revokes all
   * sessions, would miss this one.
   * @throws {AppError} unauthenticated when the password was changed since, forbidden when the account was blocked
   */
  requireUnchangedPassword(tx: Transaction): Promise<void>;
}

/**
 * Verifies address and password. A failed attempt is recorded in the audit log, also for an unknown address, so that
 * both take the same time.
 *
 * @param device  the browser's device cookie: a browser that has signed in to this account before is not locked out by
 *        guesses from other devices
 * @throws {AppError} unauthenticated or rate_limited, without a difference between an unknown address and a wrong
 *         password; forbidden for a blocked account
 */
export function signIn(
  input: z.output<typeof signInSchema>,
  { device, ...auditContext }: AuditContext & { device?: string | null } = {},
): Promise<VerifiedCredentials> {
  const attempt = { email: input.email, ip: auditContext.client?.ip, device };
  return withSignInLimit(attempt, () => verifyCredentials(input, auditContext));
}

async function verifyCredentials(
  input: z.output<typeof signInSchema>,
  auditContext: AuditContext,
): Promise<VerifiedCredentials> {
  const row = await db().user.findUnique({
    where: { email: input.email, deletedAt: null },
    select: { ...userColumns, passwordHash: true, blockedAt: true },
  });
  if (!(await checkPassword(input.password, row?.passwordHash ?? null)) || !row) {
    const subject = row ? (`user:${row.id}` as const) : "app";
    await recordAudit(db(), { action: "sign_in_failed", actorId: null, subject, ...auditContext });
    throw wrongCredentialsError();
  }
  const { passwordHash, blockedAt, ...user } = row;
  // After the password: a stranger does not learn it.
  requireNotBlocked(blockedAt);
  return {
    user: toUser(user),
    requireUnchangedPassword: async (tx) => {
      const current = await tx.user.findUnique({
        where: { id: row.id, deletedAt: null },
        select: { passwordHash: true, blockedAt: true },
      });
      requireNotBlocked(current?.blockedAt ?? null);
      if (current?.passwordHash !== passwordHash) throw wrongCredentialsError();
    },
  };
}

function requireNotBlocked(blockedAt: Date | null): void {
  if (blockedAt !== null) throw new AppError("forbidden", { message: "account_blocked" });
}

function wrongCredentialsError(): AppError {
  return new AppError("unauthenticated", { message: "wrong_credentials" });
}

/** The account; null when it does not exist (any more). */
export async function getUser(userId: string): Promise<User | null> {
  const row = await db().user.findUnique({ where: { id: userId, deletedAt: null }, select: userColumns });
  return row && toUser(row);
}
