import { defineRoute } from "@/app/api/define-route";
import { Reply, rejectOtherMethods } from "@/lib/core/http";
import { integrationSchema, probeIntegration } from "@/lib/ops";

// GET /api/test-integration
export const GET = defineRoute(
  {
    summary:
      "Test the integration: write to Redis and read back, and receive a signed message through QStash",
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
