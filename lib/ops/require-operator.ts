import { requireFreshSignIn, requireRole, type SignedInCaller } from "../core/permission";

/**
 * Guards what an operator changes.
 * @throws {AppError} forbidden unless the caller is an administrator; fresh_sign_in_required
 */
export function requireOperator(caller: SignedInCaller): void {
  requireRole(caller, "admin");
  requireFreshSignIn(caller);
}
