import { z } from "zod";
import { isStorable } from "../core/text";

/** What the page and the API both hold to. Safe to import in the browser. */

/** The ledger counts hundredths of a bonus, as prices are counted in hundredths of their currency. */
export const MINOR_PER_BONUS = 100;

/** Of one spend: a million bonuses, and far from where the ledger's integers end. */
export const MAX_SPEND_MINOR = 100_000_000;

export const spendSchema = z.object({
  /** Hundredths of a bonus. */
  amount: z.int().positive().max(MAX_SPEND_MINOR),
  /** What for, in the spender's own words. */
  note: z.string().trim().max(140).refine(isStorable).optional(),
  /** Made by the spender's client: sent twice, it is spent once. An `Idempotency-Key` header does the same. */
  key: z.string().trim().min(1).max(100).refine(isStorable).optional(),
});

export type Spend = z.input<typeof spendSchema>;
