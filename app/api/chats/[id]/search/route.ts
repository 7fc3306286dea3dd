import { z } from "zod";
import { searchMessages, searchPageSchema, searchQuerySchema } from "@/lib/chat";
import { onlyAllows } from "@/lib/core/http";
import { idSchema } from "@/lib/core/ids";
import { route } from "../../../with-session";

// GET /api/chats/{id}/search
export const GET = route(
  {
    summary: "Messages with these words, newest first",
    auth: "user",
    params: z.object({ id: idSchema }),
    query: searchQuerySchema,
    response: searchPageSchema,
  },
  async ({ caller, params: { id }, query }) => searchMessages(caller, id, query),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = onlyAllows("GET");
