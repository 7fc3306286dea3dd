import Bowser from "bowser";
import { z } from "zod";

/** A device as its `User-Agent` describes it, for display only: the header can be forged. */
export const deviceSchema = z.object({
  /** `Firefox 143`; null when unknown. */
  browser: z.string().nullable(),
  /** `Android`, `macOS`; null when unknown. */
  os: z.string().nullable(),
  kind: z.enum(["desktop", "phone", "tablet", "other"]),
});

export type Device = z.infer<typeof deviceSchema>;

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
