import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { playPost } from "@/lib/posts";
import { idSchema } from "@/lib/schemas/id";
import { playResponseSchema } from "@/lib/schemas/plays";

// POST /api/posts/{id}/play
export const POST = defineRoute(
  {
    summary: "Count a play of a post, once per listener and UTC hour",
    auth: "user",
    params: z.object({ id: idSchema }),
    response: playResponseSchema,
  },
  async ({ caller, params }) => playPost(caller, params.id),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
