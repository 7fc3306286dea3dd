import { defineRoute } from "@/app/api/define-route";
import { Reply, rejectOtherMethods } from "@/lib/core/http";
import { checkHealth, healthSchema } from "@/lib/ops";

// GET /api/health
export const GET = defineRoute(
  { summary: "Health of the database, Redis and QStash", auth: "public", response: healthSchema },
  async () => {
    const report = await checkHealth();
    return new Reply(report, { status: report.status === "down" ? 503 : 200 });
  },
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
