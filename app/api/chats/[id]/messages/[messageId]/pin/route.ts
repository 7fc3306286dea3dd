import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { pinMessage } from "@/lib/chat";
import { rejectOtherMethods } from "@/lib/core/http";
import { chatMessageSchema, pinSchema } from "@/lib/schemas/chat-message";
import { idSchema } from "@/lib/schemas/id";

// POST /api/chats/{id}/messages/{messageId}/pin
export const POST = defineRoute(
  {
    summary: "Pin or unpin a message",
    auth: "user",
    params: z.object({ id: idSchema, messageId: idSchema }),
    body: pinSchema,
    response: z.object({ message: chatMessageSchema }),
  },
  async ({ caller, params: { id, messageId }, body }) => ({
    message: await pinMessage(caller, id, messageId, body),
  }),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
