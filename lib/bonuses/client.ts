import { z } from "zod";
import { isStorable } from "../core/text";

/** Schemas and limits shared by the page and the API. Safe to import in the browser. */

/** The ledger counts hundredths of a bonus, as prices count hundredths of a currency. */
export const MINOR_PER_BONUS = 100;

/** Limit of one spend: a million bonuses, far below the range of the ledger's integers. */
export const MAX_SPEND_MINOR = 100_000_000;

export const spendSchema = z.object({
  /** Hundredths of a bonus. */
  amount: z.int().positive().max(MAX_SPEND_MINOR),
  /** Purpose, as the spender wrote it. */
  note: z.string().trim().max(140).refine(isStorable).optional(),
  /** Idempotency key made by the spender's client. An `Idempotency-Key` header does the same. */
  key: z.string().trim().min(1).max(100).refine(isStorable).optional(),
});

export type Spend = z.input<typeof spendSchema>;
