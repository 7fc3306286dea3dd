import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { inviteToChat } from "@/lib/chat";
import { rejectOtherMethods } from "@/lib/core/http";
import { chatDetailSchema } from "@/lib/schemas/chat";
import { idSchema } from "@/lib/schemas/id";

// POST /api/chats/{id}/members
export const POST = defineRoute(
  {
    summary: "Add a user to a group of which the caller is a member",
    auth: "user",
    params: z.object({ id: idSchema }),
    body: z.object({ userId: idSchema }),
    response: z.object({ chat: chatDetailSchema }),
  },
  async ({ caller, params: { id }, body }) => ({ chat: await inviteToChat(caller, id, body) }),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
