import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { idSchema } from "@/lib/schemas/id";
import { reasonSchema } from "@/lib/schemas/reason";
import { cancelBatchSchema, cancelDeadBatch, redriveFilterSchema } from "@/lib/tasks";

// POST /api/admin/tasks/cancel
export const POST = defineRoute(
  {
    summary: "Cancel a batch of dead tasks by filters; the cursor of the response leads to the next",
    auth: "admin",
    fresh: true,
    body: redriveFilterSchema.extend({ reason: reasonSchema, cursor: idSchema.optional() }),
    response: cancelBatchSchema,
  },
  async ({ body: { reason, ...filter }, caller, client, requestId }) =>
    cancelDeadBatch(caller, filter, { client, requestId, reason }),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
