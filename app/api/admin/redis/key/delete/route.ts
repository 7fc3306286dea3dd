import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { deleteKeySchema, deleteRedisKey } from "@/lib/ops";

// POST /api/admin/redis/key/delete
export const POST = defineRoute(
  {
    summary: "Delete a key",
    auth: "admin",
    fresh: true,
    body: deleteKeySchema,
    response: z.object({ deleted: z.boolean() }),
  },
  async ({ body: { key, reason }, caller, client, requestId }) => ({
    deleted: await deleteRedisKey(caller, key, { client, requestId, reason }),
  }),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
