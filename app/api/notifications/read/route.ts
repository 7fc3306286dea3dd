import { route } from "@/app/api/define-route";
import { onlyAllows } from "@/lib/core/http";
import { markRead, markReadResponseSchema, markReadSchema } from "@/lib/notifications";

// POST /api/notifications/read
export const POST = route(
  {
    summary: "Mark notifications of yours as read",
    auth: "user",
    body: markReadSchema,
    response: markReadResponseSchema,
  },
  async ({ caller, body }) => markRead(caller, body),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = onlyAllows("POST");
