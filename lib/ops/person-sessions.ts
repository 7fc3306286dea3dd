import { z } from "zod";
import type { AuditContext } from "../audit";
import type { Caller } from "../core/access-token";
import type { SignedInCaller } from "../core/permission";
import { signedInDeviceSchema } from "../schemas/session";
import { deleteAllUserSessions, deleteSession, listDevices } from "../sessions";
import { getPerson, personSchema } from "./people";
import { requireOperator } from "./require-operator";

export const personDetailsSchema = z.object({
  person: personSchema,
  /** Where they are signed in, the most recently seen first. */
  sessions: z.array(signedInDeviceSchema.omit({ current: true })),
});

export type PersonDetails = z.infer<typeof personDetailsSchema>;

/**
 * An account with its sessions, for administrators.
 * @throws {AppError} forbidden for other callers; not_found
 */
export async function getPersonDetails(
  caller: Pick<Caller, "role">,
  personId: string,
): Promise<PersonDetails> {
  const person = await getPerson(caller, personId);
  const devices = await listDevices({ userId: personId, sessionId: "" });
  return { person, sessions: devices.map(({ current: _, ...device }) => device) };
}

/**
 * Ends one session of a person, or all of them. It resolves when no instance accepts them any more. Safe to repeat.
 * @returns how many ended
 * @throws {AppError} forbidden; fresh_sign_in_required; not_found
 */
export async function endPersonSessions(
  caller: SignedInCaller,
  { personId, sessionId }: { personId: string; sessionId?: string | undefined },
  auditContext: AuditContext,
): Promise<number> {
  requireOperator(caller);
  await getPerson(caller, personId);
  const actorId = caller.userId;
  if (sessionId === undefined) return deleteAllUserSessions(personId, "operator", auditContext, actorId);
  const options = { userId: personId, reason: "operator", auditContext, actorId } as const;
  return (await deleteSession(sessionId, options)) ? 1 : 0;
}
