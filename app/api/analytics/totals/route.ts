import { defineRoute } from "@/app/api/define-route";
import { dailyTotalsQuerySchema, dailyTotalsSchema, getDailyTotals } from "@/lib/analytics";
import { rejectOtherMethods } from "@/lib/core/http";

// GET /api/analytics/totals
export const GET = defineRoute(
  {
    summary: "Daily totals of each event, by UTC day",
    auth: "admin",
    query: dailyTotalsQuerySchema,
    response: dailyTotalsSchema,
  },
  async ({ caller, query }) => ({ items: await getDailyTotals(caller, query) }),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
