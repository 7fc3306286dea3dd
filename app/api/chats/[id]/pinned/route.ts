import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { listPinned } from "@/lib/chat";
import { rejectOtherMethods } from "@/lib/core/http";
import { idSchema } from "@/lib/schemas/id";
import { pinnedSchema } from "@/lib/schemas/message-list";

// GET /api/chats/{id}/pinned
export const GET = defineRoute(
  {
    summary: "List pinned messages, in the order in which they were pinned",
    auth: "user",
    params: z.object({ id: idSchema }),
    response: pinnedSchema,
  },
  async ({ caller, params: { id } }) => listPinned(caller, id),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
