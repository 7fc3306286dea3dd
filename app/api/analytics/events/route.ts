import { defineRoute } from "@/app/api/define-route";
import { collectEvents } from "@/lib/analytics";
import { rejectOtherMethods } from "@/lib/core/http";
import { acceptedSchema, newEventsSchema } from "@/lib/schemas/analytics";

/** Room for 50 events of the largest size, with every character escaped in JSON. */
const BODY_LIMIT_BYTES = 256 * 1024;

// POST /api/analytics/events
export const POST = defineRoute(
  {
    summary: "Record analytics events; best effort",
    auth: "public",
    limit: "events",
    body: newEventsSchema,
    response: acceptedSchema,
    status: 202,
    bodyLimitBytes: BODY_LIMIT_BYTES,
  },
  async ({ caller, body }) => collectEvents(caller?.userId ?? null, body.events),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
