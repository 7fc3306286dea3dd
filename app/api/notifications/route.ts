import { route } from "@/app/api/define-route";
import { onlyAllows } from "@/lib/core/http";
import { listNotifications, notificationPageQuerySchema, notificationPageSchema } from "@/lib/notifications";

// GET /api/notifications
export const GET = route(
  {
    summary: "Your notifications, newest first",
    auth: "user",
    query: notificationPageQuerySchema,
    response: notificationPageSchema,
  },
  async ({ caller, query }) => listNotifications(caller, query),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = onlyAllows("GET");
