import { z } from "zod";
import { route } from "@/app/api/define-route";
import { onlyAllows, Reply } from "@/lib/core/http";
import { messageText } from "@/lib/core/messages";
import { clearedSessionCookies, deleteSession, refreshTokenOf, sessionIdOf } from "@/lib/sessions";

// POST /api/auth/sign-out
export const POST = route(
  {
    summary: "End this session and take its cookies away; does nothing without one",
    auth: "public",
    response: z.object({ message: z.string() }),
  },
  async ({ caller, client, locale, request, requestId }) => {
    // The access token may have run out; the refresh token's session is the same.
    const sessionId = caller?.sessionId ?? sessionIdOf(refreshTokenOf(request.headers));
    if (sessionId !== null) await deleteSession(sessionId, { context: { client, requestId } });
    return new Reply({ message: messageText("signed_out", locale) }, { cookies: clearedSessionCookies() });
  },
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = onlyAllows("POST");
