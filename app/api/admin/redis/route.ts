import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { readRedisReport, redisReportSchema } from "@/lib/ops";

// GET /api/admin/redis
export const GET = defineRoute(
  {
    summary: "What Redis says of itself: INFO, its slow log and its clients, where it offers them",
    auth: "admin",
    response: redisReportSchema,
  },
  async ({ caller }) => readRedisReport(caller),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
