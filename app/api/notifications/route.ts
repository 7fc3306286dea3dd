import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { listNotifications } from "@/lib/notifications";
import { notificationPageQuerySchema, notificationPageSchema } from "@/lib/schemas/notification";

// GET /api/notifications
export const GET = defineRoute(
  {
    summary: "List notifications, newest first",
    auth: "user",
    query: notificationPageQuerySchema,
    response: notificationPageSchema,
  },
  async ({ caller, query }) => listNotifications(caller, query),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
