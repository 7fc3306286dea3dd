import type { z } from "zod";
import { Reply } from "@/lib/core/http";
import { createDeviceCookie } from "@/lib/rate-limit/handler-limits";
import type { User } from "@/lib/schemas/account";
import type { tokenPlacementSchema } from "@/lib/schemas/session";
import { type IssuedTokens, sessionCookies } from "@/lib/sessions";

interface SignedInOptions {
  status: 200 | 201;
  tokens: z.output<typeof tokenPlacementSchema>;
  /** The caller has just given the password, so the browser also gets the device cookie. */
  passwordVerified?: boolean;
}

/** Replies with new tokens: the access token in the body and both as cookies, or both in the body. */
export function signedInReply(
  user: User,
  issued: IssuedTokens,
  { status, tokens, passwordVerified = false }: SignedInOptions,
) {
  const { accessToken, expiresAt, refreshToken } = issued;
  const body = { user, accessToken, expiresAt };
  return tokens === "body"
    ? new Reply({ ...body, refreshToken }, { status })
    : new Reply(body, {
        status,
        cookies: [...sessionCookies(issued), ...(passwordVerified ? [createDeviceCookie(user.email)] : [])],
      });
}
