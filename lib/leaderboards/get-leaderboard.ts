import { z } from "zod";
import { now } from "../core/clock";
import { db } from "../db";
import { RedisUnavailableError } from "../redis";
import { readBoard } from "./board";
import type { Board, BoardQuery } from "./board-store";
import { currencyCodeSchema } from "./currency";
import { getSpan, type Period, periodSchema } from "./period";
import { syncSellerSums } from "./sync-seller-sums";

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
  items: z.array(z.object({ userId: z.uuid(), name: z.string(), ...rankFields })),
  /** The caller's own rank; null for anonymous callers and for callers without sales. */
  own: z.object(rankFields).nullable(),
});

export type Leaderboard = z.infer<typeof leaderboardSchema>;

/**
 * The best-selling creators of this week, this month or of all time, in one currency.
 * @param viewerId  the user whose own rank is included
 */
export async function getLeaderboard(
  period: Period,
  query: z.input<typeof leaderboardQuerySchema> = {},
  viewerId: string | null = null,
): Promise<Leaderboard> {
  const { currency = null, limit } = leaderboardQuerySchema.parse(query);
  const span = getSpan(period, now());
  const boardQuery: BoardQuery = { currency, limit, viewerId };
  let board = await readBoard(span, boardQuery);
  let names = await loadNames(board);
  const deletedSellers = board.rows.filter(({ userId }) => !names.has(userId));
  if (deletedSellers.length > 0) {
    // Their accounts were deleted after the board was built: Postgres no longer has sums for them.
    const soldAt = new Date(now());
    await clearDeletedSellers(
      deletedSellers.map(({ userId }) => ({ sellerId: userId, currency: board.currency, soldAt })),
    );
    board = await readBoard(span, boardQuery);
    names = await loadNames(board);
  }
  const items = board.rows.flatMap((row) => {
    const name = names.get(row.userId);
    return name === undefined ? [] : [{ ...row, name }];
  });
  return {
    period,
    from: span.from?.toISOString() ?? null,
    to: span.to?.toISOString() ?? null,
    currency: board.currency,
    currencies: board.currencies,
    items: items.map((item) => ({
      rank: 1 + items.findIndex(({ amountMinor }) => amountMinor === item.amountMinor),
      ...item,
    })),
    own: board.own && {
      rank: board.own.above + 1,
      amountMinor: board.own.amountMinor,
      sales: board.own.sales,
    },
  };
}

/** Names are not stored with the sums: they change, and accounts are deleted. */
async function loadNames({ rows }: Board): Promise<Map<string, string>> {
  if (rows.length === 0) return new Map();
  const users = await db().user.findMany({
    where: { id: { in: rows.map(({ userId }) => userId) } },
    select: { id: true, name: true },
  });
  return new Map(users.map(({ id, name }) => [id, name]));
}

async function clearDeletedSellers(sales: readonly Parameters<typeof syncSellerSums>[0][]): Promise<void> {
  try {
    await Promise.all(sales.map(syncSellerSums));
  } catch (error) {
    if (!(error instanceof RedisUnavailableError)) throw error;
  }
}
