import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { getLive, liveSchema } from "@/lib/ops";

// GET /api/admin/live
export const GET = defineRoute(
  {
    summary: "Event streams by instance, and how many users are present",
    auth: "admin",
    response: liveSchema,
  },
  async ({ caller }) => getLive(caller),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
