import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { debitBonuses } from "@/lib/bonuses";
import { parseInput, rejectOtherMethods } from "@/lib/core/http";
import { entrySchema, spendSchema } from "@/lib/schemas/bonus";

// POST /api/bonuses/spend
export const POST = defineRoute(
  {
    summary: "Spend bonuses; sent twice with one key (or Idempotency-Key header) it is spent once",
    auth: "user",
    body: spendSchema,
    response: z.object({ balance: z.int(), entry: entrySchema }),
  },
  async ({ caller, body: { amount, note, key }, request, locale }) => {
    const header = request.headers.get("idempotency-key") ?? undefined;
    return debitBonuses(caller.userId, amount, {
      note,
      key: key ?? parseInput(spendSchema.shape.key, header, locale),
    });
  },
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
