import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { removeMember } from "@/lib/chat";
import { rejectOtherMethods } from "@/lib/core/http";
import { idSchema } from "@/lib/schemas/id";

// DELETE /api/chats/{id}/members/{userId}
export const DELETE = defineRoute(
  {
    summary:
      "Remove a member from a group: its owner, or an administrator. Only the owner can add them again",
    auth: "user",
    params: z.object({ id: idSchema, userId: idSchema }),
    response: z.object({}),
  },
  async ({ caller, params: { id, userId } }) => {
    await removeMember(caller, id, userId);
    return {};
  },
);

export const { GET, POST, PUT, PATCH, OPTIONS } = rejectOtherMethods("DELETE");
