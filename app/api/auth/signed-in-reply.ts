import { z } from "zod";
import { type User, userSchema } from "@/lib/accounts";
import { Reply } from "@/lib/core/http";
import { createDeviceCookie } from "@/lib/rate-limit/handler-limits";
import { type IssuedTokens, sessionCookies } from "@/lib/sessions";

/** For programs, which have no cookies: how they want the tokens. */
export const tokenPlacementSchema = z.enum(["cookie", "body"]).default("cookie");

/** What sign-in, sign-up and refresh answer. */
export const signedInSchema = z.object({
  user: userSchema,
  accessToken: z.string(),
  expiresAt: z.iso.datetime(),
  /** Only for who asked for tokens in the body; browsers have it in a cookie that scripts cannot read. */
  refreshToken: z.string().optional(),
});

interface SignedInOptions {
  status: 200 | 201;
  tokens: z.output<typeof tokenPlacementSchema>;
  /** By a password, just now: the browser is known to the account from then on. */
  passwordVerified?: boolean;
}

/** Answers with fresh tokens: the access token in the body, both as cookies, or all in the body. */
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
