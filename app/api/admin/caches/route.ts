import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { cachesQuerySchema, cachesSchema, listCaches } from "@/lib/ops";

// GET /api/admin/caches
export const GET = defineRoute(
  {
    summary: "Namespaces of the cache with their lifetimes and hits",
    auth: "admin",
    query: cachesQuerySchema,
    response: cachesSchema,
  },
  async ({ caller, query }) => listCaches(caller, query),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
