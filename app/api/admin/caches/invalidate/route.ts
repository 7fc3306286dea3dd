import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { invalidateCacheTag, invalidateTagSchema } from "@/lib/ops";

// POST /api/admin/caches/invalidate
export const POST = defineRoute(
  {
    summary: "Remove all entries with a tag from the cache",
    auth: "admin",
    fresh: true,
    body: invalidateTagSchema,
    response: z.object({}),
  },
  async ({ body: { tag, reason }, caller, client, requestId }) => {
    await invalidateCacheTag(caller, tag, { client, requestId, reason });
    return {};
  },
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
