import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { clearCacheSchema, clearCaches } from "@/lib/ops";

// POST /api/admin/caches/clear
export const POST = defineRoute(
  {
    summary: "Empty a namespace of the cache, or all of them and the cached chat messages",
    auth: "admin",
    fresh: true,
    limit: "strict",
    body: clearCacheSchema,
    response: z.object({ deleted: z.int() }),
  },
  async ({ body: { namespace, reason }, caller, client, requestId }) => ({
    deleted: await clearCaches(caller, namespace, { client, requestId, reason }),
  }),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
