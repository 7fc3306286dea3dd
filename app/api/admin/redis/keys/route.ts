import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { keyScanPartSchema, keyScanQuerySchema, scanRedisPart } from "@/lib/ops";

// GET /api/admin/redis/keys
export const GET = defineRoute(
  {
    summary: "A part of the keys: by kind, the biggest, and those that lack a TTL",
    auth: "admin",
    limit: "strict",
    query: keyScanQuerySchema,
    response: keyScanPartSchema,
  },
  async ({ caller, query }) => scanRedisPart(caller, query),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
