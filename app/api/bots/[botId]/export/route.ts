import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { exportWorkflows } from "@/lib/bot";
import { rejectOtherMethods } from "@/lib/core/http";
import { exportDocumentSchema, exportQuerySchema } from "@/lib/schemas/bot-console";
import { idSchema } from "@/lib/schemas/id";

// GET /api/bots/{botId}/export
export const GET = defineRoute(
  {
    summary: "What is published of a bot, or of one workflow, as a document",
    auth: "user",
    params: z.object({ botId: idSchema }),
    query: exportQuerySchema,
    response: exportDocumentSchema,
  },
  async ({ caller, params, query }) => exportWorkflows(caller, params.botId, query),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
