import { now } from "../core/clock";
import { AppError } from "../core/errors";
import type { SignedInCaller } from "../core/permission";
import { db } from "../db";

/**
 * The administrator as whom a command line acts. Its user has the deployment's secrets and with them everything;
 * the name is for the audit log, and the functions of lib check it as they check a session.
 *
 * @param email  of an administrator; without it the only one there is
 * @throws {AppError} forbidden when there is no such administrator, or several and none was named
 */
export async function findOperator(email?: string): Promise<SignedInCaller> {
  const administrators = await db().user.findMany({
    where: {
      role: "admin",
      deletedAt: null,
      blockedAt: null,
      ...(email ? { email: email.trim().toLowerCase() } : {}),
    },
    select: { id: true, seq: true, role: true, name: true },
    take: 2,
  });
  const [administrator, another] = administrators;
  if (!administrator || another) throw new AppError("forbidden", { message: "operator_unknown" });
  const { id, ...account } = administrator;
  return { ...account, userId: id, sessionId: "", authenticatedAt: new Date(now()).toISOString() };
}
