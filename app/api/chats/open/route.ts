import { defineRoute } from "@/app/api/define-route";
import { listOpenChats } from "@/lib/chat";
import { rejectOtherMethods } from "@/lib/core/http";
import { chatPageQuerySchema, openChatPageSchema } from "@/lib/schemas/chat";

// GET /api/chats/open
export const GET = defineRoute(
  {
    summary: "List open groups, by their latest message",
    auth: "user",
    query: chatPageQuerySchema,
    response: openChatPageSchema,
  },
  async ({ caller, query }) => listOpenChats(caller, query),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
