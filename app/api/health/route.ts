import { route } from "@/app/api/define-route";
import { onlyAllows, Reply } from "@/lib/core/http";
import { health, healthSchema } from "@/lib/ops";

// GET /api/health
export const GET = route(
  { summary: "Whether database, Redis and QStash answer", auth: "public", response: healthSchema },
  async () => {
    const report = await health();
    return new Reply(report, { status: report.status === "down" ? 503 : 200 });
  },
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = onlyAllows("GET");
