import { z } from "zod";
import { keys, redisService, ttlSeconds } from "../redis";
import { MAIN_CURRENCY } from "./currency";
import type { Span } from "./period";
import { readLeaderboard, setLeaderboardSums, storeLeaderboards } from "./scripts";
import type { Boards, Row, Sum } from "./sums";

/** How long whoever rebuilds a board has before somebody else may. */
const LEASE_MS = 10_000;

export interface Wish {
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
  rows: Row[];
  /** The viewer's, with how many stand above. */
  own: (Sum & { above: number }) | null;
}

/** `unbuilt`: Redis does not have the boards, and whether the caller has the lease to rebuild them. */
export type Stored = { built: true; board: Board } | { built: false; leased: boolean };

const storedSchema = z.union([
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
export async function readStored(span: Span, wish: Wish, token: string): Promise<Stored> {
  const answer = await redisService().script(
    readLeaderboard,
    [index(span), lease(span)],
    [
      ...[wish.currency ?? "", MAIN_CURRENCY, wish.limit, wish.viewerId ?? ""],
      ...[boards(span), afterCurrency(), token, LEASE_MS],
    ],
    storedSchema,
  );
  if (answer[0] === "0") return { built: false, leased: answer[1] === "1" };
  const [, currency, currencies, flat, own] = answer;
  const rows: Row[] = [];
  for (let at = 0; at + 2 < flat.length; at += 3) {
    rows.push({
      userId: flat[at] ?? "",
      amountMinor: Number(flat[at + 1]),
      sales: Number(flat[at + 2]),
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
export async function storeBoards(span: Span, loaded: Boards, token: string): Promise<boolean> {
  const args: (string | number)[] = [token, ttlSeconds.leaderboard, boards(span), afterCurrency()];
  for (const [currency, rows] of loaded) {
    args.push(currency, rows.length);
    for (const { userId, amountMinor, sales } of rows) args.push(userId, amountMinor, sales);
  }
  const stored = await redisService().script(
    storeLeaderboards,
    [index(span), lease(span)],
    args,
    z.union([z.literal(0), z.literal(1)]),
  );
  return stored === 1;
}

/** Takes the lease whoever has it. @throws {RedisUnavailableError} */
export async function takeLease(span: Span, token: string): Promise<void> {
  await redisService().set(lease(span), token, { ttlSeconds: LEASE_MS / 1_000 });
}

/** Sets a seller's sums, as Postgres has them, on the boards that are there. @throws {RedisUnavailableError} */
export async function storeSums(
  sellerId: string,
  currency: string,
  sums: readonly (Sum & { span: Span })[],
): Promise<void> {
  await redisService().script(
    setLeaderboardSums,
    sums.flatMap(({ span }) => [index(span), lease(span)]),
    [
      currency,
      sellerId,
      afterCurrency(),
      ...sums.flatMap((sum) => [boards(sum.span), sum.amountMinor, sum.sales]),
    ],
    z.int(),
  );
}

const index = ({ period, bucket }: Span) => keys.leaderboards(period, bucket);
const lease = ({ period, bucket }: Span) => keys.leaderboardLease(period, bucket);
/** Up to where the currency stands; scripts put it there. */
const boards = ({ period, bucket }: Span) => keys.leaderboard(period, bucket, "");
/** What stands after it in the key of a board's sales. */
const afterCurrency = () => keys.leaderboardSales("", "", "").slice(keys.leaderboard("", "", "").length);
