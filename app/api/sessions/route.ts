import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { Reply, rejectOtherMethods } from "@/lib/core/http";
import { signedInDeviceSchema } from "@/lib/schemas/session";
import {
  clearedSessionCookies,
  deleteAllUserSessions,
  deleteOtherUserSessions,
  listDevices,
} from "@/lib/sessions";

// GET /api/sessions
export const GET = defineRoute(
  {
    summary: "List the caller's sessions",
    auth: "user",
    response: z.object({ items: z.array(signedInDeviceSchema), nextCursor: z.null() }),
  },
  async ({ caller }) => ({ items: await listDevices(caller), nextCursor: null }),
);

// DELETE /api/sessions?scope=others
export const DELETE = defineRoute(
  {
    summary: "Sign out all other devices, or all; effective when it answers",
    auth: "user",
    query: z.object({ scope: z.enum(["others", "all"]) }),
    response: z.object({ ended: z.int() }),
  },
  async ({ caller, client, query, requestId }) => {
    const context = { client, requestId };
    if (query.scope === "others")
      return { ended: await deleteOtherUserSessions(caller.userId, caller.sessionId, context) };
    const ended = await deleteAllUserSessions(caller.userId, "all", context);
    return new Reply({ ended }, { cookies: clearedSessionCookies() });
  },
);

export const { POST, PUT, PATCH, OPTIONS } = rejectOtherMethods("GET", "DELETE");
