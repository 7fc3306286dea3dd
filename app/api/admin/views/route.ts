import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { getViewsState, viewsStateSchema } from "@/lib/ops";

// GET /api/admin/views
export const GET = defineRoute(
  {
    summary: "Views and plays that wait for a sync, and the last syncs",
    auth: "admin",
    response: viewsStateSchema,
  },
  async ({ caller }) => getViewsState(caller),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
