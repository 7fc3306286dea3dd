import type { Caller, Role } from "./access-token";
import { now } from "./clock";
import { AppError } from "./errors";

/** Somebody signed in, as the session service found them: the role and name are the account's of now. */
export interface SignedInCaller extends Caller {
  sessionId: string;
  /** ISO 8601: when the password was given last in this session. */
  authenticatedAt: string;
}

/** After this long a password counts as given some time ago. */
export const FRESH_SIGN_IN_SECONDS = 15 * 60;

/**
 * For what a stolen, unlocked device must not do: a new password, an administrator's change, deleting an account.
 * @throws {AppError} fresh_sign_in_required (403); `POST /api/auth/confirm` with the password makes it fresh
 */
export function requireFreshSignIn({ authenticatedAt }: Pick<SignedInCaller, "authenticatedAt">): void {
  const ageMs = now() - Date.parse(authenticatedAt);
  if (!(ageMs < FRESH_SIGN_IN_SECONDS * 1000)) throw new AppError("fresh_sign_in_required");
}

/** @throws {AppError} forbidden when the caller's role is none of these */
export function requireRole({ role }: Pick<Caller, "role">, ...allowed: readonly Role[]): void {
  if (!allowed.includes(role)) throw new AppError("forbidden");
}
