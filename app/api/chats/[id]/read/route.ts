import { z } from "zod";
import { route } from "@/app/api/define-route";
import { readStateSchema, readUpTo, readUpToSchema } from "@/lib/chat";
import { onlyAllows } from "@/lib/core/http";
import { idSchema } from "@/lib/core/ids";

// POST /api/chats/{id}/read
export const POST = route(
  {
    summary: "Note up to which message you have read, for all your devices",
    auth: "user",
    limit: "frequent",
    params: z.object({ id: idSchema }),
    body: readUpToSchema,
    response: readStateSchema,
  },
  async ({ caller, params: { id }, body }) => readUpTo(caller, id, body),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = onlyAllows("POST");
