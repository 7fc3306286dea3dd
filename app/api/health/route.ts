import { defineRoute } from "@/app/api/define-route";
import { Reply, rejectOtherMethods } from "@/lib/core/http";
import { checkHealth, healthSchema } from "@/lib/ops";

// GET /api/health
export const GET = defineRoute(
  { summary: "Whether database, Redis and QStash answer", auth: "public", response: healthSchema },
  async () => {
    const report = await checkHealth();
    return new Reply(report, { status: report.status === "down" ? 503 : 200 });
  },
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
