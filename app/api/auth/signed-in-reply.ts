import { z } from "zod";
import { type User, userSchema } from "@/lib/accounts";
import { Reply } from "@/lib/core/http";
import { createDeviceCookie } from "@/lib/rate-limit/handler-limits";
import { type IssuedTokens, sessionCookies } from "@/lib/sessions";

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
