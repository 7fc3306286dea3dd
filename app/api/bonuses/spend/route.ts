import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { debitBonuses } from "@/lib/bonuses";
import { rejectOtherMethods } from "@/lib/core/http";
import { entrySchema, spendSchema } from "@/lib/schemas/bonus";

// POST /api/bonuses/spend
export const POST = defineRoute(
  {
    summary: "Spend bonuses; repeated with the same key (or Idempotency-Key header) they are spent once",
    auth: "user",
    repeatable: true,
    body: spendSchema,
    response: z.object({ balance: z.int(), entry: entrySchema }),
  },
  async ({ caller, body: { amount, note, key }, idempotencyKey }) =>
    debitBonuses(caller.userId, amount, { note, key: key ?? idempotencyKey }),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
