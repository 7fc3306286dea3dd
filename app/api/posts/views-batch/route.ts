import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { viewPostsResponseSchema, viewPostsSchema } from "@/lib/schemas/views";
import { viewPosts } from "@/lib/views";

// POST /api/posts/views-batch
export const POST = defineRoute(
  {
    summary: "Count views of up to 100 posts",
    auth: "user",
    body: viewPostsSchema,
    response: viewPostsResponseSchema,
  },
  async ({ caller, body, locale }) => viewPosts(caller, body.postIds, locale),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
