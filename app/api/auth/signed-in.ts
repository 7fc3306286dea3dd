import { z } from "zod";
import { type User, userSchema } from "@/lib/accounts";
import type { Caller } from "@/lib/core/access-token";
import { Reply } from "@/lib/core/http";
import { accessCookie, issueAccess } from "@/lib/sessions";

/** What sign-in and sign-up answer. */
export const signedInSchema = z.object({
  user: userSchema,
  accessToken: z.string(),
  expiresAt: z.iso.datetime(),
});

/** Answers with a fresh access token, in the body and as the cookie. */
export async function signedIn({ user, caller }: { user: User; caller: Caller }, status: 200 | 201) {
  const access = await issueAccess(caller);
  return new Reply(
    { user, ...access },
    { status, headers: { "set-cookie": accessCookie(access.accessToken) } },
  );
}
