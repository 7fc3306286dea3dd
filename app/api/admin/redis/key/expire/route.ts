import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { expireKeySchema, expireRedisKey } from "@/lib/ops";

// POST /api/admin/redis/key/expire
export const POST = defineRoute(
  {
    summary: "Give a key a TTL",
    auth: "admin",
    fresh: true,
    body: expireKeySchema,
    response: z.object({ expires: z.boolean() }),
  },
  async ({ body: { reason, ...target }, caller, client, requestId }) => ({
    expires: await expireRedisKey(caller, target, { client, requestId, reason }),
  }),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
