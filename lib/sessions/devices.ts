import { z } from "zod";
import type { SignedInCaller } from "../core/permission";
import { deviceSchema, parseUserAgent } from "./device";
import { getUserSessions } from "./read";
import { sessionExpiryMs } from "./session";

/** A session as the person sees it. */
export const signedInDeviceSchema = z.object({
  id: z.uuid(),
  /** The one that asks. */
  current: z.boolean(),
  ip: z.string().nullable(),
  place: z.string().nullable(),
  userAgent: z.string().nullable(),
  device: deviceSchema,
  createdAt: z.iso.datetime(),
  /** At sign-in and at each refresh, so up to a quarter of an hour ago for one in use. */
  lastSeenAt: z.iso.datetime(),
  /** When it is over unless it is used before. */
  expiresAt: z.iso.datetime(),
});

export type SignedInDevice = z.infer<typeof signedInDeviceSchema>;

/** Where somebody is signed in, this device first, then last seen first. */
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
