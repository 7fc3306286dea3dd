import { errors, jwtVerify, SignJWT } from "jose";
import { z } from "zod";
import { Role } from "../../prisma/generated/enums";
import { now } from "./clock";
import { env } from "./env";

/**
 * The signed access token (JWT, HS256). It is in core because both the gate and the session service verify it; only
 * `lib/sessions` issues it. Runs on the edge: no Node APIs.
 */

const roleSchema = z.enum(Role);

export const callerSchema = z.object({
  userId: z.uuid(),
  /** Short integer that represents the user in Redis sets. */
  seq: z.number().int().positive(),
  role: roleSchema,
  name: z.string(),
});

/** The authenticated user of a request. */
export type Caller = z.infer<typeof callerSchema>;

/** The claims of an access token. lib/sessions checks whether the session still exists. */
export type TokenCaller = Caller & { sessionId: string };

const ISSUER = "normaldance";
const claimsSchema = callerSchema.omit({ userId: true }).extend({ sub: z.uuid(), sid: z.uuid() });

function signingKey(): Uint8Array {
  return new TextEncoder().encode(env().AUTH_SECRET);
}

/** @param ttlSeconds  validity from now */
export async function signAccessToken(
  { userId, sessionId, seq, role, name }: TokenCaller,
  ttlSeconds: number,
): Promise<string> {
  const issuedAt = Math.floor(now() / 1000);
  return new SignJWT({ sid: sessionId, seq, role, name })
    .setProtectedHeader({ alg: "HS256" })
    .setIssuer(ISSUER)
    .setSubject(userId)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + ttlSeconds)
    .sign(signingKey());
}

/** The caller in a token; null when it is forged, expired or from another issuer. Never throws for a bad token. */
export async function verifyAccessToken(token: string): Promise<TokenCaller | null> {
  try {
    const { payload } = await jwtVerify(token, signingKey(), {
      issuer: ISSUER,
      algorithms: ["HS256"],
      currentDate: new Date(now()),
      requiredClaims: ["exp"],
    });
    const claims = claimsSchema.safeParse(payload);
    if (!claims.success) return null;
    const { sub, sid, ...caller } = claims.data;
    return { userId: sub, sessionId: sid, ...caller };
  } catch (error) {
    if (error instanceof errors.JOSEError) return null;
    throw error;
  }
}

/** Names of the token cookies. Over HTTPS the `__Host-` prefix makes browsers accept them from this host only. */
export const accessCookieName = () => cookieName("nd_access");
export const refreshCookieName = () => cookieName("nd_refresh");

function cookieName(name: string): string {
  return env().APP_URL.startsWith("https:") ? `__Host-${name}` : name;
}

/** The request's token: from the bearer header, else from the cookie; null when it has neither. */
export function getAccessToken(headers: Headers): string | null {
  const authorization = headers.get("authorization");
  if (authorization !== null) return /^Bearer\s+(\S+)$/i.exec(authorization)?.[1] ?? null;
  return getCookie(headers, accessCookieName());
}

/** One cookie's decoded value; null when it is missing or malformed. */
export function getCookie(headers: Headers, name: string): string | null {
  for (const part of headers.get("cookie")?.split(";") ?? []) {
    const [key, ...value] = part.trim().split("=");
    if (key === name) return decodeCookie(value.join("="));
  }
  return null;
}

function decodeCookie(value: string): string | null {
  try {
    return decodeURIComponent(value);
  } catch {
    return null;
  }
}
