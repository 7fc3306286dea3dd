import { z } from "zod";
import { route } from "@/app/api/define-route";
import { sayTyping } from "@/lib/chat";
import { onlyAllows } from "@/lib/core/http";
import { idSchema } from "@/lib/core/ids";

// POST /api/chats/{id}/typing
export const POST = route(
  {
    summary: "Say that you are writing, every few seconds",
    auth: "user",
    limit: "frequent",
    params: z.object({ id: idSchema }),
    response: z.object({}),
    status: 202,
  },
  async ({ caller, params: { id } }) => {
    await sayTyping(caller, id);
    return {};
  },
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = onlyAllows("POST");
