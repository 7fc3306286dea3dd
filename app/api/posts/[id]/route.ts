import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { AppError } from "@/lib/core/errors";
import { rejectOtherMethods } from "@/lib/core/http";
import { getPost } from "@/lib/posts";
import { idSchema } from "@/lib/schemas/id";
import { postSchema } from "@/lib/schemas/post";

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

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
