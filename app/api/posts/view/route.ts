import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { viewPostResponseSchema, viewPostSchema } from "@/lib/schemas/views";
import { viewPost } from "@/lib/views";

// POST /api/posts/view
export const POST = defineRoute(
  {
    summary: "Count a view of a post, once per viewer",
    auth: "user",
    body: viewPostSchema,
    response: viewPostResponseSchema,
  },
  async ({ caller, body, locale }) => viewPost(caller, body.postId, locale),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
