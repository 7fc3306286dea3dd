import { defineRoute } from "@/app/api/define-route";
import { Reply, rejectOtherMethods } from "@/lib/core/http";
import { integrationSchema, probeIntegration } from "@/lib/ops";

// GET /api/test-integration
export const GET = defineRoute(
  {
    summary: "Write to Redis and read back, send through QStash and get it back signed",
    auth: "public",
    limit: "strict",
    response: integrationSchema,
  },
  async () => {
    const result = await probeIntegration();
    return new Reply(result, { status: result.status === "ok" ? 200 : 503 });
  },
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
