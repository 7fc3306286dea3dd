import type { SignedInCaller } from "../core/permission";
import type { SignedInDevice } from "../schemas/session";
import { parseUserAgent } from "./device";
import { getUserSessions } from "./read";
import { sessionExpiryMs } from "./session";

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
