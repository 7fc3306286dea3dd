import Bowser from "bowser";
import type { Device } from "../schemas/session";

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
