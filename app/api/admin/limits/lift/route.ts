import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { liftLimits, liftLimitsSchema } from "@/lib/ops";

// POST /api/admin/limits/lift
export const POST = defineRoute(
  {
    summary: "Give a caller, or a person, all tokens of the rate limits again",
    auth: "admin",
    fresh: true,
    body: liftLimitsSchema,
    response: z.object({ lifted: z.int() }),
  },
  async ({ body: { reason, ...target }, caller, client, requestId }) => ({
    lifted: await liftLimits(caller, target, { client, requestId, reason }),
  }),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
