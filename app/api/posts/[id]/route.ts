import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { AppError } from "@/lib/core/errors";
import { rejectOtherMethods } from "@/lib/core/http";
import { deletePost, editPost, getPost } from "@/lib/posts";
import { idSchema } from "@/lib/schemas/id";
import { postChangesSchema, postSchema } from "@/lib/schemas/post";

// GET /api/posts/{id}
export const GET = defineRoute(
  {
    summary: "One post",
    auth: "public",
    params: z.object({ id: idSchema }),
    response: z.object({ post: postSchema }),
  },
  async ({ params }) => {
    const post = await getPost(params.id);
    if (!post) throw new AppError("not_found", { message: "post_not_found" });
    return { post };
  },
);

// PATCH /api/posts/{id}
export const PATCH = defineRoute(
  {
    summary: "Change one's own post; the sound only where its track failed",
    auth: "user",
    params: z.object({ id: idSchema }),
    body: postChangesSchema,
    response: z.object({ post: postSchema }),
  },
  async ({ caller, params, body }) => ({ post: await editPost(caller, params.id, body) }),
);

// DELETE /api/posts/{id}
export const DELETE = defineRoute(
  {
    summary: "Delete one's own post",
    auth: "user",
    params: z.object({ id: idSchema }),
    response: z.object({ deleted: z.literal(true) }),
  },
  async ({ caller, params }) => {
    await deletePost(caller, params.id);
    return { deleted: true } as const;
  },
);

export const { POST, PUT, OPTIONS } = rejectOtherMethods("GET", "PATCH", "DELETE");
