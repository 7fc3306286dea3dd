import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { createChat, listChats } from "@/lib/chat";
import { Reply, rejectOtherMethods } from "@/lib/core/http";
import { chatDetailSchema, chatPageQuerySchema, chatPageSchema, newChatSchema } from "@/lib/schemas/chat";

// GET /api/chats
export const GET = defineRoute(
  {
    summary: "The chats you are in, the one with the latest message first",
    auth: "user",
    limit: "frequent",
    query: chatPageQuerySchema,
    response: chatPageSchema,
  },
  async ({ caller, query }) => listChats(caller, query),
);

// POST /api/chats
export const POST = defineRoute(
  {
    summary: "Open a group, or a chat with somebody: 200 with the one that is there already",
    auth: "user",
    body: newChatSchema,
    repeatable: true,
    response: z.object({ chat: chatDetailSchema }),
    status: 201,
  },
  async ({ caller, body, idempotencyKey }) => {
    const { chat, created } = await createChat(caller, body, idempotencyKey);
    return new Reply({ chat }, { status: created ? 201 : 200 });
  },
);

export const { PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET", "POST");
