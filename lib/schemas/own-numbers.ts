import { z } from "zod";

/** How many UTC days, the current one included. */
export const ownNumbersQuerySchema = z.object({ days: z.coerce.number().int().min(1).max(90).default(30) });

/** Sales in one currency. */
export const salesSumSchema = z.object({
  currency: z.string(),
  /** Orders. */
  count: z.int(),
  /** Minor units: what buyers paid, less refunds. */
  amountMinor: z.number(),
});

export type SalesSum = z.infer<typeof salesSumSchema>;

/** What happened to what one person published. Days without anything are in it. */
export const ownNumbersSchema = z.object({
  /** Oldest day first. */
  items: z.array(
    z.object({
      day: z.iso.date(),
      /** As far as Postgres has them: those of the last minutes may be missing. */
      views: z.int(),
      plays: z.int(),
      /** By the day of the payment; orders that were refunded in full are left out. */
      sales: z.array(salesSumSchema),
    }),
  ),
});

export type OwnNumbers = z.infer<typeof ownNumbersSchema>;
