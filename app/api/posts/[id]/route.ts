import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { AppError } from "@/lib/core/errors";
import { rejectOtherMethods } from "@/lib/core/http";
import { getPost, replaceTrack } from "@/lib/posts";
import { idSchema } from "@/lib/schemas/id";
import { postSchema, postTrackSchema } from "@/lib/schemas/post";

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
    summary: "Replace the sound of one's own post whose track failed",
    auth: "user",
    params: z.object({ id: idSchema }),
    body: postTrackSchema,
    response: z.object({ post: postSchema }),
  },
  async ({ caller, params, body }) => ({ post: await replaceTrack(caller, params.id, body.audioFileId) }),
);

export const { POST, PUT, DELETE, OPTIONS } = rejectOtherMethods("GET", "PATCH");
