import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { getVersion } from "@/lib/bot";
import { rejectOtherMethods } from "@/lib/core/http";
import { versionDefinitionSchema, versionNumberSchema } from "@/lib/schemas/bot-console";
import { idSchema } from "@/lib/schemas/id";
import { workflowKeySchema } from "@/lib/schemas/workflow";

// GET /api/bots/{botId}/workflows/{key}/versions/{number}
export const GET = defineRoute(
  {
    summary: "A version of a workflow that was published, with its definition",
    auth: "user",
    params: z.object({
      ...{ botId: idSchema, key: workflowKeySchema },
      number: z.coerce.number().pipe(versionNumberSchema),
    }),
    response: z.object({ version: versionDefinitionSchema }),
  },
  async ({ caller, params }) => ({ version: await getVersion(caller, params.botId, params) }),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
