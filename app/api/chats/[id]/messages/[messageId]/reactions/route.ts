import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { setReaction } from "@/lib/chat";
import { rejectOtherMethods } from "@/lib/core/http";
import { chatMessageSchema, reactionSchema } from "@/lib/schemas/chat-message";
import { idSchema } from "@/lib/schemas/id";

// POST /api/chats/{id}/messages/{messageId}/reactions
export const POST = defineRoute(
  {
    summary: "Add or remove one's own reaction",
    auth: "user",
    params: z.object({ id: idSchema, messageId: idSchema }),
    body: reactionSchema,
    response: z.object({ message: chatMessageSchema }),
  },
  async ({ caller, params: { id, messageId }, body }) => ({
    message: await setReaction(caller, id, messageId, body),
  }),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
