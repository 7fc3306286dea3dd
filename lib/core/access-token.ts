import { errors, jwtVerify, SignJWT } from "jose";
import { z } from "zod";
import { now } from "./clock";
import { env } from "./env";

/**
 * The signed access token (JWT, HS256). It lives in core because both the gate at the edge and the
 * session service read it; only `lib/sessions` issues it. Runs on the edge: no Node APIs.
 */

export const roleSchema = z.enum(["listener", "artist", "admin"]);
export type Role = z.infer<typeof roleSchema>;

export const callerSchema = z.object({
  userId: z.uuid(),
  /** The short integer that stands for the person in Redis sets. */
  seq: z.number().int().positive(),
  role: roleSchema,
  name: z.string(),
});

/** Who is asking. */
export type Caller = z.infer<typeof callerSchema>;

/** What an access token says: who, and under which session. Whether that still stands lib/sessions knows. */
export type TokenCaller = Caller & { sessionId: string };

const ISSUER = "normaldance";
const claimsSchema = callerSchema.omit({ userId: true }).extend({ sub: z.uuid(), sid: z.uuid() });

function signingKey(): Uint8Array {
  return new TextEncoder().encode(env().AUTH_SECRET);
}

/** @param ttlSeconds how long the token is good from now on */
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

/** The caller a token speaks for; null when it is forged, expired or not ours. Never throws for a bad token. */
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

/** Where browsers keep the tokens. Over HTTPS only this host may set them: the prefix makes browsers see to it. */
export const accessCookieName = () => cookieName("nd_access");
export const refreshCookieName = () => cookieName("nd_refresh");

function cookieName(name: string): string {
  return env().APP_URL.startsWith("https:") ? `__Host-${name}` : name;
}

/** The token a request carries: the bearer header, else the cookie; null when it has neither. */
export function getAccessToken(headers: Headers): string | null {
  const authorization = headers.get("authorization");
  if (authorization !== null) return /^Bearer\s+(\S+)$/i.exec(authorization)?.[1] ?? null;
  return getCookie(headers, accessCookieName());
}

/** One cookie's value; null when it is not there. */
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
