import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { readRedisKey, redisKeyQuerySchema, redisKeySchema } from "@/lib/ops";

// GET /api/admin/redis/key
export const GET = defineRoute(
  {
    summary: "One key: type, TTL, size, what it is for, and the beginning of its value",
    auth: "admin",
    query: redisKeyQuerySchema,
    response: z.object({ key: redisKeySchema.nullable() }),
  },
  async ({ caller, locale, query }) => ({ key: await readRedisKey(caller, query.key, locale) }),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
