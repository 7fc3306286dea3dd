import type { z } from "zod";
import { type AuditContext, recordAudit } from "../audit";
import { AppError } from "../core/errors";
import { db, type Transaction } from "../db";
import { withSignInLimit } from "../rate-limit/handler-limits";
import type { signInSchema } from "./client";
import { checkPassword } from "./password";
import { toUser, type User, userColumns } from "./user";

/** Somebody whose password was right. */
interface VerifiedCredentials {
  user: User;
  /**
   * For the transaction that opens the session: a change of the password that ended all others would otherwise leave
   * this one behind.
   * @throws {AppError} unauthenticated when the password was changed since
   */
  requireUnchangedPassword(tx: Transaction): Promise<void>;
}

/**
 * Proves who somebody is by address and password. An attempt that fails is written down, also for an address that is
 * nobody's: it takes as long.
 *
 * @param device  the browser's device cookie: where somebody signed in to this account before, guesses from elsewhere
 *        keep nobody out
 * @throws {AppError} unauthenticated, the same for an unknown address and a wrong password; rate_limited, the same too
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
    where: { email: input.email },
    select: { ...userColumns, passwordHash: true },
  });
  if (!(await checkPassword(input.password, row?.passwordHash ?? null)) || !row) {
    const subject = row ? (`user:${row.id}` as const) : "app";
    await recordAudit(db(), { action: "sign_in_failed", actorId: null, subject, ...auditContext });
    throw wrongCredentialsError();
  }
  const { passwordHash, ...user } = row;
  return {
    user: toUser(user),
    requireUnchangedPassword: async (tx) => {
      const current = await tx.user.findUnique({ where: { id: row.id }, select: { passwordHash: true } });
      if (current?.passwordHash !== passwordHash) throw wrongCredentialsError();
    },
  };
}

function wrongCredentialsError(): AppError {
  return new AppError("unauthenticated", { message: "wrong_credentials" });
}

/** The account itself; null when it was deleted after the token was issued. */
export async function getUser(userId: string): Promise<User | null> {
  const row = await db().user.findUnique({ where: { id: userId }, select: userColumns });
  return row && toUser(row);
}
