import { defineRoute } from "@/app/api/define-route";
import { BODY_LIMIT_BYTES, deliver, deliveryResponse } from "@/app/api/qstash/deliver";
import { rejectOtherMethods } from "@/lib/core/http";

/**
 * In seconds; the queue's timeout. Beside `[queue]`, so that only this function carries the transcoder's 175 MB
 * (`outputFileTracingIncludes` of next.config.mjs).
 */
export const maxDuration = 300;

// POST /api/qstash/audio-transcoding
export const POST = defineRoute(
  {
    summary: "Receive a transcoding task from QStash",
    auth: "qstash",
    limit: "skip",
    text: true,
    bodyLimitBytes: BODY_LIMIT_BYTES,
    response: deliveryResponse,
  },
  async ({ text, request }) => deliver("audio-transcoding", text, request.headers),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
