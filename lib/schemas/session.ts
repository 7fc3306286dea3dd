import { z } from "zod";
import { userSchema } from "./account";

/** Where the client wants its tokens: programs without cookies ask for `body`. */
export const tokenPlacementSchema = z.enum(["cookie", "body"]).default("cookie");

/** The response of sign-in, sign-up and refresh. */
export const signedInSchema = z.object({
  user: userSchema,
  accessToken: z.string(),
  expiresAt: z.iso.datetime(),
  /** Only with `tokens: "body"`; browsers get it in a cookie that scripts cannot read. */
  refreshToken: z.string().optional(),
});

export type SignedIn = z.infer<typeof signedInSchema>;

/** A device as its `User-Agent` describes it, for display only: the header can be forged. */
export const deviceSchema = z.object({
  /** `Firefox 143`; null when unknown. */
  browser: z.string().nullable(),
  /** `Android`, `macOS`; null when unknown. */
  os: z.string().nullable(),
  kind: z.enum(["desktop", "phone", "tablet", "other"]),
});

export type Device = z.infer<typeof deviceSchema>;

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
