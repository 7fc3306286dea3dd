import type { Caller } from "./access-token";
import { now } from "./clock";
import { AppError } from "./errors";

/** A signed-in user, with the account's current role and name. */
export interface SignedInCaller extends Caller {
  sessionId: string;
  /** ISO 8601: when the password was last entered in this session. */
  authenticatedAt: string;
}

/** For this long after the password was entered, a session counts as freshly signed in. */
export const FRESH_SIGN_IN_SECONDS = 15 * 60;

/**
 * Guards actions that a stolen, unlocked device must not perform: change the password, delete the account, or make
 * an administrator's change.
 * @throws {AppError} fresh_sign_in_required (403); fixed by `POST /api/auth/confirm-password`
 */
export function requireFreshSignIn({ authenticatedAt }: Pick<SignedInCaller, "authenticatedAt">): void {
  const ageMs = now() - Date.parse(authenticatedAt);
  if (!(ageMs < FRESH_SIGN_IN_SECONDS * 1000)) throw new AppError("fresh_sign_in_required");
}

/** @throws {AppError} forbidden unless the caller has one of these roles */
export function requireRole({ role }: Pick<Caller, "role">, ...allowed: readonly Caller["role"][]): void {
  if (!allowed.includes(role)) throw new AppError("forbidden");
}
