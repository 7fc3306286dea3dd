import { cookies } from "next/headers";
import { cache } from "react";
import { accessCookieName, refreshCookieName } from "../core/access-token";
import { validateSession } from "./authenticate";

/**
 * The signed-in viewer of a page, read once per request; null for an anonymous one. For server components and server
 * actions. When the access token has expired, the refresh token identifies the user. It is not rotated here, because a
 * page cannot set cookies: the open page does that.
 */
export const currentUser = cache(async () => {
  const cookieStore = await cookies();
  for (const name of [accessCookieName(), refreshCookieName()]) {
    const token = cookieStore.get(name)?.value;
    const session = token ? await validateSession(token) : null;
    if (session) {
      const { id: sessionId, userId: id, seq, name, email, role, confirmed } = session;
      const authenticatedAt = new Date(session.authenticatedAt).toISOString();
      return { id, seq, name, email, role, confirmed, sessionId, authenticatedAt };
    }
  }
  return null;
});
