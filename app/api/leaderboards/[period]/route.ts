import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { getLeaderboard } from "@/lib/leaderboards";
import { leaderboardQuerySchema, leaderboardSchema, periodSchema } from "@/lib/schemas/leaderboard";

// GET /api/leaderboards/{period}
export const GET = defineRoute(
  {
    summary: "The best-selling creators of this week, this month or of all time, in one currency",
    auth: "public",
    params: z.object({ period: periodSchema }),
    query: leaderboardQuerySchema,
    response: leaderboardSchema,
  },
  async ({ params, query, caller }) => getLeaderboard(params.period, query, caller?.userId ?? null),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
