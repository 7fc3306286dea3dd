import { route } from "@/app/api/define-route";
import { dailyTotals, dailyTotalsQuerySchema, dailyTotalsSchema } from "@/lib/analytics";
import { onlyAllows } from "@/lib/core/http";

// GET /api/analytics/totals
export const GET = route(
  {
    summary: "How often each event happened on each day, in UTC",
    auth: "admin",
    query: dailyTotalsQuerySchema,
    response: dailyTotalsSchema,
  },
  async ({ caller, query }) => ({ items: await dailyTotals(caller, query) }),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = onlyAllows("GET");
