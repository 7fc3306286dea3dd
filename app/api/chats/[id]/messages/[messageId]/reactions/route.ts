import { z } from "zod";
import { route } from "@/app/api/define-route";
import { reactionSchema, reactTo } from "@/lib/chat";
import { onlyAllows } from "@/lib/core/http";
import { idSchema } from "@/lib/core/ids";
import { chatMessageSchema } from "@/lib/realtime";

// POST /api/chats/{id}/messages/{messageId}/reactions
export const POST = route(
  {
    summary: "Give a message an emoji, or take yours back",
    auth: "user",
    params: z.object({ id: idSchema, messageId: idSchema }),
    body: reactionSchema,
    response: z.object({ message: chatMessageSchema }),
  },
  async ({ caller, params: { id, messageId }, body }) => ({
    message: await reactTo(caller, id, messageId, body),
  }),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = onlyAllows("POST");
