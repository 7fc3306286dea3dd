import Bowser from "bowser";
import type { SignedInCaller } from "../core/permission";
import type { Device, SignedInDevice } from "../schemas/session";
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

const deviceKinds: Record<string, Device["kind"]> = { desktop: "desktop", mobile: "phone", tablet: "tablet" };

/** Reads a device from a `User-Agent`. */
export function parseUserAgent(userAgent: string | null): Device {
  if (!userAgent) return { browser: null, os: null, kind: "other" };
  const { browser, os, platform } = Bowser.parse(userAgent);
  const major = browser.version?.split(".")[0];
  return {
    browser: browser.name ? [browser.name, major].filter(Boolean).join(" ") : null,
    os: os.name || null,
    kind: deviceKinds[platform.type ?? ""] ?? "other",
  };
}
