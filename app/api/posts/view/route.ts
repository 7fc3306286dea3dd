import { route } from "@/app/api/define-route";
import { onlyAllows } from "@/lib/core/http";
import { viewPost, viewPostResponseSchema, viewPostSchema } from "@/lib/views";

// POST /api/posts/view
export const POST = route(
  {
    summary: "Count a view of a post, once for each person",
    auth: "user",
    body: viewPostSchema,
    response: viewPostResponseSchema,
  },
  async ({ caller, body, locale }) => viewPost(caller, body.postId, locale),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = onlyAllows("POST");
