import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { joinChat } from "@/lib/chat";
import { rejectOtherMethods } from "@/lib/core/http";
import { chatDetailSchema } from "@/lib/schemas/chat";
import { idSchema } from "@/lib/schemas/id";

// POST /api/chats/{id}/join
export const POST = defineRoute(
  {
    summary: "Join an open group",
    auth: "user",
    params: z.object({ id: idSchema }),
    response: z.object({ chat: chatDetailSchema }),
  },
  async ({ caller, params: { id } }) => ({ chat: await joinChat(caller, id) }),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
