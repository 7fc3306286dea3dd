import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { clearPresence } from "@/lib/ops";
import { reasonBodySchema } from "@/lib/schemas/reason";

// POST /api/admin/presence/clear
export const POST = defineRoute(
  {
    summary: "Make everybody absent until their next heartbeat",
    auth: "admin",
    fresh: true,
    limit: "strict",
    body: reasonBodySchema,
    response: z.object({}),
  },
  async ({ body: { reason }, caller, client, requestId }) => {
    await clearPresence(caller, { client, requestId, reason });
    return {};
  },
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
