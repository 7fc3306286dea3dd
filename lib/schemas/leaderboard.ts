import { z } from "zod";
import { periods } from "./period";

export const periodSchema = z.enum(periods);

export const currencyCodeSchema = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[A-Z]{3}$/);

export const leaderboardQuerySchema = z.object({
  /** ISO 4217. Default: RUB or, when it has no sales, the currency with the most sellers. */
  currency: currencyCodeSchema.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});

const rankFields = {
  /** Equal sums share a rank. */
  rank: z.int(),
  /** Minor units: what buyers paid, less refunds. */
  amountMinor: z.number(),
  sales: z.int(),
};

export const leaderboardSchema = z.object({
  period: periodSchema,
  /** Start of the week or month in UTC, and of the next one; null for all time. */
  from: z.iso.datetime().nullable(),
  to: z.iso.datetime().nullable(),
  currency: z.string(),
  /** Currencies that have sales. */
  currencies: z.array(z.string()),
  items: z.array(z.object({ userId: z.uuid(), name: z.string(), handle: z.string(), ...rankFields })),
  /** The caller's own rank; null for anonymous callers and for callers without sales. */
  own: z.object(rankFields).nullable(),
});

export type Leaderboard = z.infer<typeof leaderboardSchema>;
