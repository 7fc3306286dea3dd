import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { publishTyping } from "@/lib/chat";
import { rejectOtherMethods } from "@/lib/core/http";
import { idSchema } from "@/lib/schemas/id";

// POST /api/chats/{id}/typing
export const POST = defineRoute(
  {
    summary: "Report that the caller is typing; repeat it every few seconds",
    auth: "user",
    limit: "frequent",
    params: z.object({ id: idSchema }),
    response: z.object({}),
    status: 202,
  },
  async ({ caller, params: { id } }) => {
    await publishTyping(caller, id);
    return {};
  },
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
