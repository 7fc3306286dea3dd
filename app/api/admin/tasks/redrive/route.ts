import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { idSchema } from "@/lib/schemas/id";
import { reasonSchema } from "@/lib/schemas/reason";
import {
  previewRedrive,
  redriveBatch,
  redriveBatchSchema,
  redriveFilterSchema,
  redrivePreviewSchema,
} from "@/lib/tasks";

// GET /api/admin/tasks/redrive
export const GET = defineRoute(
  {
    summary: "Count the dead tasks that a redrive by these filters would replay, with a sample",
    auth: "admin",
    query: redriveFilterSchema,
    response: redrivePreviewSchema,
  },
  async ({ caller, query }) => previewRedrive(caller, query),
);

// POST /api/admin/tasks/redrive
export const POST = defineRoute(
  {
    summary: "Replay a batch of dead tasks by filters; the cursor of the response leads to the next",
    auth: "admin",
    fresh: true,
    body: redriveFilterSchema.extend({ reason: reasonSchema, cursor: idSchema.optional() }),
    response: redriveBatchSchema,
  },
  async ({ body: { reason, ...filter }, caller, client, requestId }) =>
    redriveBatch(caller, filter, { client, requestId, reason }),
);

export const { PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET", "POST");
