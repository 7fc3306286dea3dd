import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { createChat, listChats } from "@/lib/chat";
import { Reply, rejectOtherMethods } from "@/lib/core/http";
import { chatDetailSchema, chatPageQuerySchema, chatPageSchema, newChatSchema } from "@/lib/schemas/chat";

// GET /api/chats
export const GET = defineRoute(
  {
    summary: "List the caller's chats, by their latest message",
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
    summary: "Create a group, or a direct chat with a user: 200 with the existing chat when there is one",
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
