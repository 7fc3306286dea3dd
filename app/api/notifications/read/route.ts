import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { markRead } from "@/lib/notifications";
import { markReadResponseSchema, markReadSchema } from "@/lib/schemas/notification";

// POST /api/notifications/read
export const POST = defineRoute(
  {
    summary: "Mark notifications as read",
    auth: "user",
    body: markReadSchema,
    response: markReadResponseSchema,
  },
  async ({ caller, body }) => markRead(caller, body),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
