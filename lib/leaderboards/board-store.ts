import { z } from "zod";
import { keys, redisService, ttlSeconds } from "../redis";
import { MAIN_CURRENCY } from "./currency";
import type { Span } from "./period";
import { readLeaderboard, setLeaderboardSums, storeLeaderboards } from "./scripts";
import type { BoardRow, Boards, SellerSum } from "./sums";

/** How long whoever rebuilds a board has before somebody else may. */
const REBUILD_LEASE_MS = 10_000;

export interface BoardQuery {
  /** Null: the main one, or where nobody sold in it the one in which most people did. */
  currency: string | null;
  /** How many places. */
  limit: number;
  /** Whose own place is wanted too. */
  viewerId: string | null;
}

export interface Board {
  currency: string;
  /** In which anybody sold. */
  currencies: string[];
  rows: BoardRow[];
  /** The viewer's, with how many stand above. */
  own: (SellerSum & { above: number }) | null;
}

/** `unbuilt`: Redis does not have the boards, and whether the caller has the lease to rebuild them. */
export type BoardLookup = { built: true; board: Board } | { built: false; leased: boolean };

const lookupReplySchema = z.union([
  z.tuple([z.literal("0"), z.enum(["0", "1"])]),
  z.tuple([
    z.literal("1"),
    z.string(),
    z.array(z.string()),
    z.array(z.string()),
    z.union([z.tuple([]), z.tuple([z.coerce.number(), z.coerce.number(), z.coerce.number()])]),
  ]),
]);

/** @throws {RedisUnavailableError} */
export async function readCachedBoard(span: Span, query: BoardQuery, token: string): Promise<BoardLookup> {
  const reply = await redisService().script(
    readLeaderboard,
    [indexKey(span), leaseKey(span)],
    [
      ...[query.currency ?? "", MAIN_CURRENCY, query.limit, query.viewerId ?? ""],
      ...[boardKeyPrefix(span), salesKeySuffix(), token, REBUILD_LEASE_MS],
    ],
    lookupReplySchema,
  );
  if (reply[0] === "0") return { built: false, leased: reply[1] === "1" };
  const [, currency, currencies, flat, own] = reply;
  const rows: BoardRow[] = [];
  for (let offset = 0; offset + 2 < flat.length; offset += 3) {
    rows.push({
      userId: flat[offset] ?? "",
      amountMinor: Number(flat[offset + 1]),
      sales: Number(flat[offset + 2]),
    });
  }
  return {
    built: true,
    board: {
      currency,
      currencies: currencies.sort(),
      rows,
      own: own.length === 0 ? null : { above: own[0], amountMinor: own[1], sales: own[2] },
    },
  };
}

/**
 * Stores boards that were read from Postgres under the lease.
 * @returns false when it was revoked meanwhile: they may be older than what somebody else wrote
 * @throws {RedisUnavailableError}
 */
export async function storeBoards(span: Span, loadedBoards: Boards, token: string): Promise<boolean> {
  const args: (string | number)[] = [token, ttlSeconds.leaderboard, boardKeyPrefix(span), salesKeySuffix()];
  for (const [currency, rows] of loadedBoards) {
    args.push(currency, rows.length);
    for (const { userId, amountMinor, sales } of rows) args.push(userId, amountMinor, sales);
  }
  const stored = await redisService().script(
    storeLeaderboards,
    [indexKey(span), leaseKey(span)],
    args,
    z.union([z.literal(0), z.literal(1)]),
  );
  return stored === 1;
}

/** Takes the lease whoever has it. @throws {RedisUnavailableError} */
export async function seizeLease(span: Span, token: string): Promise<void> {
  await redisService().set(leaseKey(span), token, { ttlSeconds: REBUILD_LEASE_MS / 1_000 });
}

/** Sets a seller's sums, as Postgres has them, on the boards that are there. @throws {RedisUnavailableError} */
export async function storeSums(
  sellerId: string,
  currency: string,
  sums: readonly (SellerSum & { span: Span })[],
): Promise<void> {
  await redisService().script(
    setLeaderboardSums,
    sums.flatMap(({ span }) => [indexKey(span), leaseKey(span)]),
    [
      currency,
      sellerId,
      salesKeySuffix(),
      ...sums.flatMap((sum) => [boardKeyPrefix(sum.span), sum.amountMinor, sum.sales]),
    ],
    z.int(),
  );
}

const indexKey = ({ period, bucket }: Span) => keys.leaderboards(period, bucket);
const leaseKey = ({ period, bucket }: Span) => keys.leaderboardLease(period, bucket);
/** Up to where the currency stands; scripts put it there. */
const boardKeyPrefix = ({ period, bucket }: Span) => keys.leaderboard(period, bucket, "");
/** What stands after it in the key of a board's sales. */
const salesKeySuffix = () => keys.leaderboardSales("", "", "").slice(keys.leaderboard("", "", "").length);
