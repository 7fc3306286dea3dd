import { defineRoute } from "@/app/api/define-route";
import { getBonuses } from "@/lib/bonuses";
import { rejectOtherMethods } from "@/lib/core/http";
import { bonusesSchema, bonusPageQuerySchema } from "@/lib/schemas/bonus";

// GET /api/bonuses
export const GET = defineRoute(
  {
    summary: "Bonus balance, its ledger, newest first, and the referral link",
    auth: "user",
    query: bonusPageQuerySchema,
    response: bonusesSchema,
  },
  async ({ caller, query }) => getBonuses(caller.userId, query),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
