import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { unlink } from "@/lib/bot";
import { rejectOtherMethods } from "@/lib/core/http";
import { idSchema } from "@/lib/schemas/id";

// DELETE /api/bot/links/{id}
export const DELETE = defineRoute(
  {
    summary: "End a Telegram user's link with the caller's account",
    auth: "user",
    params: z.object({ id: idSchema }),
    response: z.object({ id: z.uuid() }),
  },
  async ({ caller, params, client, requestId }) => {
    await unlink(caller, params.id, { client, requestId });
    return { id: params.id };
  },
);

export const { GET, POST, PUT, PATCH, OPTIONS } = rejectOtherMethods("DELETE");
