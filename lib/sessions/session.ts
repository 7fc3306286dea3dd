import { z } from "zod";
import { now } from "../core/clock";
import type { SignedInCaller } from "../core/permission";
import { Role } from "../schemas/enums";
import { SESSION_IDLE_SECONDS } from "./limits";

/**
 * A session with its user: the fields that a request needs of either, so that one read returns both. Stored in Redis as
 * JSON; all times are ms.
 */
export const sessionSchema = z.object({
  id: z.uuid(),
  userId: z.uuid(),
  seq: z.int().positive(),
  role: z.enum(Role),
  name: z.string(),
  email: z.string(),
  /** The user has confirmed the email address. */
  confirmed: z.boolean(),
  tokenHash: z.string(),
  rotation: z.int().nonnegative(),
  rotatedAt: z.int().nullable(),
  authenticatedAt: z.int(),
  lastSeenAt: z.int(),
  expiresAt: z.int(),
  createdAt: z.int(),
  ip: z.string().nullable(),
  userAgent: z.string().nullable(),
  place: z.string().nullable(),
});

export type Session = z.infer<typeof sessionSchema>;

/** Why a session ended. */
export type RevokeReason =
  | "sign_out"
  | "others"
  | "all"
  | "password"
  | "reuse"
  | "role"
  | "replaced"
  | "deleted"
  | "operator"
  | "blocked"
  | "cleared";

/** When the session expires unless it is refreshed before (ms). */
export function sessionExpiryMs({
  expiresAt,
  lastSeenAt,
}: Pick<Session, "expiresAt" | "lastSeenAt">): number {
  return Math.min(expiresAt, lastSeenAt + SESSION_IDLE_SECONDS * 1000);
}

/** Whether the session has passed neither the idle nor the absolute limit. */
export function isUnexpired(session: Session): boolean {
  return sessionExpiryMs(session) > now();
}

export function toCaller({ id, userId, seq, role, name, authenticatedAt }: Session): SignedInCaller {
  return { userId, seq, role, name, sessionId: id, authenticatedAt: new Date(authenticatedAt).toISOString() };
}

/** The client that uses a session. */
export interface SessionClient {
  ip: string | null;
  userAgent: string | null;
  place?: string | null;
}
