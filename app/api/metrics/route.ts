import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { PROMETHEUS_CONTENT_TYPE } from "@/lib/metrics";
import { renderMetrics } from "@/lib/ops";

// GET /api/metrics
export const GET = defineRoute(
  {
    summary: "Numbers of all instances in Prometheus' text format",
    auth: "metrics",
    limit: "skip",
    response: z.unknown(),
  },
  async ({ requestId }) =>
    new Response(await renderMetrics(), {
      headers: {
        "content-type": PROMETHEUS_CONTENT_TYPE,
        "cache-control": "no-store",
        "x-request-id": requestId,
      },
    }),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
