import { z } from "zod";
import { keys, redisService, ttlSeconds } from "../redis";
import { idSchema } from "../schemas/id";
import { MAIN_CURRENCY } from "./currency";
import type { Span } from "./period";
import { readLeaderboard, setLeaderboardSums, stageLeaderboardRows, storeLeaderboards } from "./scripts";
import type { BoardRow, Boards, SellerSum } from "./sums";

/** How long one caller may take to rebuild a span's boards before another may start; from the last rows it stored. */
const REBUILD_LEASE_MS = 10_000;
/** Rows of one call, about a millisecond of Redis. */
const MAX_STAGED_ROWS = 1_000;

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

const unknownCurrenciesSchema = z.tuple([z.literal("2")], z.string());
const lookupReplySchema = z.union([
  z.tuple([z.literal("0"), z.enum(["0", "1"])]),
  unknownCurrenciesSchema,
  z.tuple([
    z.literal("1"),
    z.string(),
    z.array(z.string()),
    z.array(z.string()),
    z.union([z.tuple([]), z.tuple([z.coerce.number(), z.coerce.number(), z.coerce.number()])]),
  ]),
]);
const storeReplySchema = z.union([z.tuple([z.enum(["0", "1"])]), unknownCurrenciesSchema]);

/** The currencies that the last read index had: the next call declares their boards and needs no second one. */
let lastCurrencies: readonly string[] = [];
/** Currencies that appear between two calls are rare. */
const MAX_CALLS = 3;

/**
 * Calls a script with the boards of some currencies declared, and again when the index has others.
 * @returns null when the currencies changed before every call
 */
async function callWithBoards<R extends readonly [string, ...unknown[]]>(
  currencies: readonly string[],
  call: (currencies: readonly string[]) => Promise<R | z.infer<typeof unknownCurrenciesSchema>>,
): Promise<R | null> {
  for (let calls = 0; calls < MAX_CALLS; calls += 1) {
    const reply = await call([...new Set([...currencies, ...lastCurrencies])]);
    if (!isUnknownCurrencies(reply)) return reply;
    lastCurrencies = reply.slice(1);
  }
  return null;
}

function isUnknownCurrencies(
  reply: readonly [string, ...unknown[]],
): reply is z.infer<typeof unknownCurrenciesSchema> {
  return reply[0] === "2";
}

const boardKeys = ({ period, bucket }: Span, currencies: readonly string[]) =>
  currencies.flatMap((currency) => [
    keys.leaderboard(period, bucket, currency),
    keys.leaderboardSales(period, bucket, currency),
  ]);

const stagedKeys = ({ period, bucket }: Span, currency: string) => [
  keys.stagedLeaderboard(period, bucket, currency),
  keys.stagedLeaderboardSales(period, bucket, currency),
];

const rowsSchema = z.array(
  z.object({
    userId: idSchema,
    amountMinor: z.coerce.number().pipe(z.int()),
    sales: z.coerce.number().pipe(z.int()),
  }),
);

/** @throws {RedisUnavailableError} */
export async function readCachedBoard(span: Span, query: BoardQuery, token: string): Promise<BoardLookup> {
  const requested = query.currency === null ? [MAIN_CURRENCY] : [MAIN_CURRENCY, query.currency];
  const reply = await callWithBoards(requested, (currencies) =>
    redisService().script(
      readLeaderboard,
      [indexKey(span), leaseKey(span), ...boardKeys(span, currencies)],
      [
        ...[query.currency ?? "", MAIN_CURRENCY, query.limit, query.viewerId ?? ""],
        ...[token, REBUILD_LEASE_MS, ...currencies],
      ],
      lookupReplySchema,
    ),
  );
  if (reply === null) return { built: false, leased: false };
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
  lastCurrencies = currencies;
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
 * Stores boards that were read from Postgres under the lease: one call for each thousand rows, and one.
 * @returns false when the lease was revoked meanwhile: the boards may be older than another caller's write
 * @throws {RedisUnavailableError}
 */
export async function storeBoards(span: Span, loadedBoards: Boards, token: string): Promise<boolean> {
  for (const [currency, rows] of loadedBoards)
    for (let from = 0; from < rows.length; from += MAX_STAGED_ROWS)
      if (!(await stageRows(span, currency, rows.slice(from, from + MAX_STAGED_ROWS), token, from === 0)))
        return false;
  const sizes = [...loadedBoards].flatMap(([currency, rows]) => [currency, rows.length]);
  const reply = await callWithBoards([...loadedBoards.keys()], (currencies) =>
    redisService().script(
      storeLeaderboards,
      [
        ...[indexKey(span), leaseKey(span)],
        ...currencies.flatMap((currency) => [...boardKeys(span, [currency]), ...stagedKeys(span, currency)]),
      ],
      [token, ttlSeconds.leaderboard, currencies.length, ...currencies, ...sizes],
      storeReplySchema,
    ),
  );
  return reply?.[0] === "1";
}

/** Renews the lease too. @returns false when the lease was revoked */
async function stageRows(
  span: Span,
  currency: string,
  rows: readonly BoardRow[],
  token: string,
  isFirst: boolean,
): Promise<boolean> {
  const reply = await redisService().script(
    stageLeaderboardRows,
    [leaseKey(span), ...stagedKeys(span, currency)],
    [
      ...[token, REBUILD_LEASE_MS, isFirst ? 1 : 0],
      ...rows.flatMap(({ userId, amountMinor, sales }) => [userId, amountMinor, sales]),
    ],
    z.int(),
  );
  return reply === 1;
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
    sums.flatMap(({ span }) => [indexKey(span), leaseKey(span), ...boardKeys(span, [currency])]),
    [currency, sellerId, ...sums.flatMap((sum) => [sum.amountMinor, sum.sales])],
    z.int(),
  );
}

const indexKey = ({ period, bucket }: Span) => keys.leaderboards(period, bucket);
const leaseKey = ({ period, bucket }: Span) => keys.leaderboardLease(period, bucket);
