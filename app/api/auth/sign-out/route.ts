import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { Reply, rejectOtherMethods } from "@/lib/core/http";
import { messageText } from "@/lib/core/messages";
import {
  clearedSessionCookies,
  deleteSession,
  getRefreshToken,
  sessionIdFromRefreshToken,
} from "@/lib/sessions";

// POST /api/auth/sign-out
export const POST = defineRoute(
  {
    summary: "End this session and clear its cookies; does nothing without a session",
    auth: "public",
    response: z.object({ message: z.string() }),
  },
  async ({ caller, client, locale, request, requestId }) => {
    // The access token may have expired; the refresh token names the same session.
    const sessionId = caller?.sessionId ?? sessionIdFromRefreshToken(getRefreshToken(request.headers));
    if (sessionId !== null) await deleteSession(sessionId, { auditContext: { client, requestId } });
    return new Reply({ message: messageText("signed_out", locale) }, { cookies: clearedSessionCookies() });
  },
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
