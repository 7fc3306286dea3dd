import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { listPinned, pinnedSchema } from "@/lib/chat";
import { rejectOtherMethods } from "@/lib/core/http";
import { idSchema } from "@/lib/core/ids";

// GET /api/chats/{id}/pinned
export const GET = defineRoute(
  {
    summary: "Pinned messages, in the order in which they were pinned",
    auth: "user",
    params: z.object({ id: idSchema }),
    response: pinnedSchema,
  },
  async ({ caller, params: { id } }) => listPinned(caller, id),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
