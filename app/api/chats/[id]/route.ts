import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { changeChat, getChat } from "@/lib/chat";
import { rejectOtherMethods } from "@/lib/core/http";
import { chatChangeSchema, chatDetailSchema } from "@/lib/schemas/chat";
import { idSchema } from "@/lib/schemas/id";

const params = z.object({ id: idSchema });
const response = z.object({ chat: chatDetailSchema });

// GET /api/chats/{id}
export const GET = defineRoute(
  {
    summary: "One chat with its members: a chat of the caller, or an open group",
    auth: "user",
    params,
    response,
  },
  async ({ caller, params: { id } }) => ({ chat: await getChat(caller, id) }),
);

// PATCH /api/chats/{id}
export const PATCH = defineRoute(
  {
    summary: "Rename, open or close a group that the caller owns",
    auth: "user",
    params,
    body: chatChangeSchema,
    response,
  },
  async ({ caller, params: { id }, body }) => ({ chat: await changeChat(caller, id, body) }),
);

export const { POST, PUT, DELETE, OPTIONS } = rejectOtherMethods("GET", "PATCH");
