import type { z } from "zod";
import { now } from "../core/clock";
import { db } from "../db";
import { RedisUnavailableError } from "../redis";
import { type Leaderboard, leaderboardQuerySchema } from "../schemas/leaderboard";
import type { Period } from "../schemas/period";
import { readBoard } from "./board";
import type { Board, BoardQuery } from "./board-store";
import { getSpan } from "./period";
import { syncSellerSums } from "./sync-seller-sums";

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
  let sellers = await loadSellers(board);
  const deletedSellers = board.rows.filter(({ userId }) => !sellers.has(userId));
  if (deletedSellers.length > 0) {
    // Their accounts were deleted after the board was built: Postgres no longer has sums for them.
    const soldAt = new Date(now());
    await clearDeletedSellers(
      deletedSellers.map(({ userId }) => ({ sellerId: userId, currency: board.currency, soldAt })),
    );
    board = await readBoard(span, boardQuery);
    sellers = await loadSellers(board);
  }
  const items = board.rows.flatMap((row) => {
    const seller = sellers.get(row.userId);
    return seller === undefined ? [] : [{ ...row, ...seller }];
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
async function loadSellers({ rows }: Board): Promise<Map<string, { name: string; handle: string }>> {
  if (rows.length === 0) return new Map();
  const users = await db().user.findMany({
    where: { id: { in: rows.map(({ userId }) => userId) }, deletedAt: null },
    select: { id: true, name: true, handle: true },
  });
  return new Map(users.map(({ id, ...seller }) => [id, seller]));
}

async function clearDeletedSellers(sales: readonly Parameters<typeof syncSellerSums>[0][]): Promise<void> {
  try {
    await Promise.all(sales.map(syncSellerSums));
  } catch (error) {
    if (!(error instanceof RedisUnavailableError)) throw error;
  }
}
