import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { markReadUpTo } from "@/lib/chat";
import { rejectOtherMethods } from "@/lib/core/http";
import { readStateSchema, readUpToSchema } from "@/lib/schemas/chat";
import { idSchema } from "@/lib/schemas/id";

// POST /api/chats/{id}/read
export const POST = defineRoute(
  {
    summary: "Set the last read message, for all devices of the caller",
    auth: "user",
    limit: "frequent",
    params: z.object({ id: idSchema }),
    body: readUpToSchema,
    response: readStateSchema,
  },
  async ({ caller, params: { id }, body }) => markReadUpTo(caller, id, body),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
