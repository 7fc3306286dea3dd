import { z } from "zod";
import type { SignedInCaller } from "../core/permission";
import { deviceSchema, parseUserAgent } from "./device";
import { getUserSessions } from "./read";
import { sessionExpiryMs } from "./session";

/** A session as its user sees it. */
export const signedInDeviceSchema = z.object({
  id: z.uuid(),
  /** The session of the request. */
  current: z.boolean(),
  ip: z.string().nullable(),
  place: z.string().nullable(),
  userAgent: z.string().nullable(),
  device: deviceSchema,
  createdAt: z.iso.datetime(),
  /** Set at sign-in and at each refresh, so up to 15 minutes ago for a session in use. */
  lastSeenAt: z.iso.datetime(),
  /** When it expires unless it is refreshed before. */
  expiresAt: z.iso.datetime(),
});

export type SignedInDevice = z.infer<typeof signedInDeviceSchema>;

/** The devices on which a user is signed in, the current one first, then the most recently seen. */
export async function listDevices({
  userId,
  sessionId,
}: Pick<SignedInCaller, "userId" | "sessionId">): Promise<SignedInDevice[]> {
  const devices = (await getUserSessions(userId)).map((session) => ({
    id: session.id,
    current: session.id === sessionId,
    ip: session.ip,
    place: session.place,
    userAgent: session.userAgent,
    device: parseUserAgent(session.userAgent),
    createdAt: toIsoDate(session.createdAt),
    lastSeenAt: toIsoDate(session.lastSeenAt),
    expiresAt: toIsoDate(sessionExpiryMs(session)),
  }));
  return [...devices.filter(({ current }) => current), ...devices.filter(({ current }) => !current)];
}

function toIsoDate(timestampMs: number): string {
  return new Date(timestampMs).toISOString();
}
