import { z } from "zod";
import { route } from "@/app/api/define-route";
import { leaveChat } from "@/lib/chat";
import { onlyAllows } from "@/lib/core/http";
import { idSchema } from "@/lib/core/ids";

// POST /api/chats/{id}/leave
export const POST = route(
  {
    summary: "Leave a group; the last owner passes it on",
    auth: "user",
    params: z.object({ id: idSchema }),
    response: z.object({}),
  },
  async ({ caller, params: { id } }) => {
    await leaveChat(caller, id);
    return {};
  },
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = onlyAllows("POST");
