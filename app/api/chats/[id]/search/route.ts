import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { searchMessages } from "@/lib/chat";
import { rejectOtherMethods } from "@/lib/core/http";
import { idSchema } from "@/lib/schemas/id";
import { searchPageSchema, searchQuerySchema } from "@/lib/schemas/message-list";

// GET /api/chats/{id}/search
export const GET = defineRoute(
  {
    summary: "Search a chat's messages, newest first",
    auth: "user",
    params: z.object({ id: idSchema }),
    query: searchQuerySchema,
    response: searchPageSchema,
  },
  async ({ caller, params: { id }, query }) => searchMessages(caller, id, query),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
