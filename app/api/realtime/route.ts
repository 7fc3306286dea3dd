import { z } from "zod";
import { defineSignedRoute, defineStreamRoute } from "@/app/api/define-route";
import { defer } from "@/lib/core/defer";
import { AppError } from "@/lib/core/errors";
import { rejectOtherMethods } from "@/lib/core/http";
import { clientNetwork } from "@/lib/core/http/client-info";
import { readSignedId } from "@/lib/core/signed-id";
import { answer, leave, setOnline, takeStreamId } from "@/lib/presence";
import { MAX_CHANNELS, openStream, parseSubscriptions, STREAM_HEADERS } from "@/lib/realtime";
import { heartbeatAnswerSchema } from "@/lib/schemas/presence";
import { isSessionActive } from "@/lib/sessions";
import { createStreamRights, requirePublicChannels } from "./channel-guards";

/** In seconds; the stream ends earlier and the browser reconnects (lib/realtime/stream.ts). */
export const maxDuration = 300;

const oneOrMany = (text: z.ZodString) =>
  z
    .union([text, z.array(text).max(MAX_CHANNELS)])
    .optional()
    .transform((value) => (value === undefined ? [] : [value].flat()));

// GET /api/realtime
export const GET = defineStreamRoute(
  {
    summary: "Event stream (text/event-stream) of channels, each starting at a cursor (docs/REALTIME.md)",
    // Anonymous clients may subscribe to `views` and get a 401 for any other channel.
    auth: "optional",
    query: z.object({
      /** `user:{id}`, `chat:{id}`, `order:{id}`, `task:{id}`, `presence`, `views`; may be repeated. */
      channel: oneOrMany(z.string().max(80)),
      /** `epoch:number` of the last event received, in the order of the channels. Empty: only new events. */
      after: oneOrMany(z.string().max(60)),
      /** `away`: none of the browser's tabs is visible. */
      state: z.enum(["online", "away"]).default("online"),
      /** The state that the browser last reported, when it continues a stream that has ended. */
      reported: z.enum(["online", "away"]).optional(),
      /** `nobody`: the page was rendered signed out, so session cookies are ignored. */
      as: z.literal("nobody").optional(),
    }),
    response: z.string(),
  },
  async ({ caller, query, request }) => {
    const channels = parseSubscriptions({ ...query, lastEventId: request.headers.get("last-event-id") });
    const { signal } = request;
    const isAnonymous = !caller || query.as === "nobody";
    if (isAnonymous) requirePublicChannels(channels.keys());
    // Next answers HEAD requests with this handler and would never close the stream.
    if (request.method === "HEAD") return new Response(null, { headers: STREAM_HEADERS });
    if (isAnonymous) {
      return openStream({
        owner: { userId: null, network: clientNetwork(request.headers) },
        ...{ channels, signal },
        authorizeChannels: async (requested) => new Map(requested.map((channel) => [channel, true])),
        isSessionValid: async () => true,
      });
    }
    const { userId, sessionId } = caller;
    const streamId = takeStreamId(userId);
    try {
      return await openStream({
        owner: { userId },
        ...{ streamId, channels, signal },
        ...createStreamRights(caller),
        onOpen: () => void setOnline(userId, streamId, query.state, query.reported),
        onClose: () => leave(userId, streamId),
        isSessionValid: () => isSessionActive(sessionId),
      });
    } catch (error) {
      void leave(userId, streamId);
      throw error;
    }
  },
);

// POST /api/realtime
export const POST = defineSignedRoute(
  {
    summary: "Answer a heartbeat of the event stream",
    auth: "public",
    // Each open page sends one every 30 s, signed by us: a limit would cost more than the answer, which costs nothing.
    limit: "skip",
    body: heartbeatAnswerSchema,
    response: z.object({}),
  },
  async ({ body }) => {
    const streamId = readSignedId("answer_heartbeat", body.answerToken);
    if (streamId === null) throw new AppError("not_found");
    defer(() => answer(streamId));
    return {};
  },
);

export const { PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET", "POST");
