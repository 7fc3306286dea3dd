import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { createPost, listPosts } from "@/lib/posts";
import { newPostSchema, postPageQuerySchema, postPageSchema, postSchema } from "@/lib/schemas/post";

// GET /api/posts
export const GET = defineRoute(
  { summary: "The feed, newest first", auth: "public", query: postPageQuerySchema, response: postPageSchema },
  async ({ query }) => listPosts(query),
);

// POST /api/posts
export const POST = defineRoute(
  {
    summary: "Publish a post",
    auth: "user",
    body: newPostSchema,
    repeatable: true,
    response: z.object({ post: postSchema }),
    status: 201,
  },
  async ({ caller, body, idempotencyKey }) => ({ post: await createPost(caller, body, idempotencyKey) }),
);

export const { PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET", "POST");
