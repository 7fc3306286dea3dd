import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { deleteKindSchema, deleteRedisKind } from "@/lib/ops";

// POST /api/admin/redis/kinds/delete
export const POST = defineRoute(
  {
    summary: "Delete all keys of a kind",
    auth: "admin",
    fresh: true,
    limit: "strict",
    body: deleteKindSchema,
    response: z.object({ deleted: z.int() }),
  },
  async ({ body: { kind, reason }, caller, client, requestId }) => ({
    deleted: await deleteRedisKind(caller, kind, { client, requestId, reason }),
  }),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
