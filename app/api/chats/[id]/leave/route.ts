import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { leaveChat } from "@/lib/chat";
import { rejectOtherMethods } from "@/lib/core/http";
import { idSchema } from "@/lib/schemas/id";

// POST /api/chats/{id}/leave
export const POST = defineRoute(
  {
    summary: "Leave a group, whose ownership passes on; or hide a direct chat until its next message",
    auth: "user",
    params: z.object({ id: idSchema }),
    response: z.object({}),
  },
  async ({ caller, params: { id } }) => {
    await leaveChat(caller, id);
    return {};
  },
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
