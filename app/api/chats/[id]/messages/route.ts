import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { listMessages, sendMessage } from "@/lib/chat";
import { Reply, rejectOtherMethods } from "@/lib/core/http";
import { chatMessageSchema, newMessageSchema } from "@/lib/schemas/chat-message";
import { idSchema } from "@/lib/schemas/id";
import { messagesPageSchema, messagesQuerySchema } from "@/lib/schemas/message-list";

const params = z.object({ id: idSchema });

// GET /api/chats/{id}/messages
export const GET = defineRoute(
  {
    summary: "List messages: the newest, those before or after one, or those changed since a revision",
    auth: "user",
    limit: "frequent",
    params,
    query: messagesQuerySchema,
    response: messagesPageSchema,
  },
  async ({ caller, params: { id }, query }) => listMessages(caller, id, query),
);

// POST /api/chats/{id}/messages
export const POST = defineRoute(
  {
    summary: "Send a message, once per clientId: 200 with the existing message when repeated",
    auth: "user",
    limit: "frequent",
    params,
    body: newMessageSchema,
    response: z.object({ message: chatMessageSchema }),
    status: 201,
  },
  async ({ caller, params: { id }, body }) => {
    const { message, created } = await sendMessage(caller, id, body);
    return new Reply({ message }, { status: created ? 201 : 200 });
  },
);

export const { PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET", "POST");
