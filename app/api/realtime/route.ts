import { z } from "zod";
import { AppError } from "@/lib/core/errors";
import { onlyAllows } from "@/lib/core/http";
import { openStream } from "@/lib/realtime";
import { sessionStands } from "@/lib/sessions";
import { route } from "../with-session";

/** Of the function, in seconds: the stream ends before and the browser comes back (lib/realtime/streams.ts). */
export const maxDuration = 300;

// GET /api/realtime
export const GET = route(
  {
    summary: "Event stream (text/event-stream): says `session-ended` when this device is signed out",
    auth: "user",
    query: z.object({
      /** Channels belong to a later part. */
      channel: z.union([z.string(), z.array(z.string())]).optional(),
      after: z.union([z.string(), z.array(z.string())]).optional(),
    }),
    response: z.string(),
  },
  async ({ caller, query, request }) => {
    if (query.channel !== undefined || query.after !== undefined) throw new AppError("not_available");
    return openStream({
      userId: caller.userId,
      mayStay: () => sessionStands(caller.sessionId, caller.userId),
      signal: request.signal,
    });
  },
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = onlyAllows("GET");
