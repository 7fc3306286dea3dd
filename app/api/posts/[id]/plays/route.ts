import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { getPlaysByDay } from "@/lib/posts";
import { idSchema } from "@/lib/schemas/id";
import { playsByDayQuerySchema, playsByDaySchema } from "@/lib/schemas/plays";

// GET /api/posts/{id}/plays
export const GET = defineRoute(
  {
    summary: "A post's plays by UTC day, for its author",
    auth: "user",
    params: z.object({ id: idSchema }),
    query: playsByDayQuerySchema,
    response: playsByDaySchema,
  },
  async ({ caller, params, query }) => getPlaysByDay(caller, params.id, query.days),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
