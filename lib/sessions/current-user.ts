import { cookies } from "next/headers";
import { cache } from "react";
import { accessCookieName, refreshCookieName } from "../core/access-token";
import { validateSession } from "./read";

/**
 * Who looks at the page, asked once a request; null for nobody. For server components and server actions. Where the
 * access token has run out the refresh token says who it is, since a page cannot set cookies: it is only looked at,
 * and the open page changes it for the next one.
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
