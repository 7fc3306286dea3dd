import { z } from "zod";
import { keys, redisService, ttlSeconds } from "../redis";
import { idSchema } from "../schemas/id";
import { MAIN_CURRENCY } from "./currency";
import type { Span } from "./period";
import { readLeaderboard, setLeaderboardSums, storeLeaderboards } from "./scripts";
import type { BoardRow, Boards, SellerSum } from "./sums";

/** How long one caller may take to rebuild a span's boards before another may start. */
const REBUILD_LEASE_MS = 10_000;

export interface BoardQuery {
  /** Null: the main currency or, when it has no sales, the currency with the most sellers. */
  currency: string | null;
  /** How many rows. */
  limit: number;
  /** The user whose own rank is included; null for anonymous. */
  viewerId: string | null;
}

export interface Board {
  currency: string;
  /** Currencies that have sales. */
  currencies: string[];
  rows: BoardRow[];
  /** The viewer's sums, with how many sellers rank above. */
  own: (SellerSum & { above: number }) | null;
}

/** When Redis does not have the boards, `leased` is whether the caller got the lease to rebuild them. */
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

const rowsSchema = z.array(
  z.object({ userId: idSchema, amountMinor: z.coerce.number().pipe(z.int()), sales: z.coerce.number().pipe(z.int()) }),
);

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
  const parsedRows: unknown[] = [];
  for (let offset = 0; offset + 2 < flat.length; offset += 3) {
    const [userId, amountMinor, sales] = flat.slice(offset, offset + 3);
    parsedRows.push({ userId, amountMinor, sales });
  }
  const rows = rowsSchema.safeParse(parsedRows).data;
  // What no rebuild has stored is a miss; it is gone when the boards expire.
  if (!rows || !currencies.every((name) => /^[A-Z]{3}$/.test(name))) return { built: false, leased: false };
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
 * @returns false when the lease was revoked meanwhile: the boards may be older than another caller's write
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

/** Takes the lease, even from another caller. @throws {RedisUnavailableError} */
export async function seizeLease(span: Span, token: string): Promise<void> {
  await redisService().set(leaseKey(span), token, { ttlSeconds: REBUILD_LEASE_MS / 1_000 });
}

/** Sets a seller's sums, as Postgres has them, on the boards that Redis has. @throws {RedisUnavailableError} */
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
/** A board's key up to the currency, which the scripts append. */
const boardKeyPrefix = ({ period, bucket }: Span) => keys.leaderboard(period, bucket, "");
/** What follows the currency in the key of a board's sales. */
const salesKeySuffix = () => keys.leaderboardSales("", "", "").slice(keys.leaderboard("", "", "").length);
