import { cookies } from "next/headers";
import { cache } from "react";
import { ACCESS_COOKIE, verifyAccessToken } from "../core/access-token";
import { db } from "../db";

/**
 * Who looks at the page: read once a request, from the cookie, and checked against the account, so that a
 * deleted one is signed out everywhere. Null for nobody. For server components and server actions.
 */
export const currentUser = cache(async () => {
  const token = (await cookies()).get(ACCESS_COOKIE)?.value;
  const caller = token ? await verifyAccessToken(token) : null;
  if (!caller) return null;
  return db().user.findUnique({
    where: { id: caller.userId },
    select: { id: true, seq: true, name: true, email: true, role: true },
  });
});
