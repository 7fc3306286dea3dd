import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { deleteMessage, editMessage } from "@/lib/chat";
import { rejectOtherMethods } from "@/lib/core/http";
import { chatMessageSchema, messageChangeSchema } from "@/lib/schemas/chat-message";
import { idSchema } from "@/lib/schemas/id";

const params = z.object({ id: idSchema, messageId: idSchema });
const response = z.object({ message: chatMessageSchema });

// PATCH /api/chats/{id}/messages/{messageId}
export const PATCH = defineRoute(
  { summary: "Edit one's own message", auth: "user", params, body: messageChangeSchema, response },
  async ({ caller, params: { id, messageId }, body }) => ({
    message: await editMessage(caller, id, messageId, body),
  }),
);

// DELETE /api/chats/{id}/messages/{messageId}
export const DELETE = defineRoute(
  {
    summary: "Delete a message's content: its author, the group's owner, or an administrator",
    auth: "user",
    params,
    response,
  },
  async ({ caller, params: { id, messageId } }) => ({ message: await deleteMessage(caller, id, messageId) }),
);

export const { GET, POST, PUT, OPTIONS } = rejectOtherMethods("PATCH", "DELETE");
