import Bowser from "bowser";
import { z } from "zod";

/** What a browser says it is; people know their devices by it. Anybody can claim to be anything. */
export const deviceSchema = z.object({
  /** `Firefox 143`; null when it cannot be told. */
  browser: z.string().nullable(),
  /** `Android`, `macOS`; null when it cannot be told. */
  os: z.string().nullable(),
  kind: z.enum(["desktop", "phone", "tablet", "other"]),
});

export type Device = z.infer<typeof deviceSchema>;

const deviceKinds: Record<string, Device["kind"]> = { desktop: "desktop", mobile: "phone", tablet: "tablet" };

/** What a `User-Agent` says. */
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
