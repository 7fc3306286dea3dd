import { newId } from "../core/ids";
import { log } from "../core/log";
import { RedisUnavailableError } from "../redis";
import {
  type Board,
  type BoardLookup,
  type BoardQuery,
  readCachedBoard,
  seizeLease,
  storeBoards,
} from "./board-store";
import { MAIN_CURRENCY } from "./currency";
import type { Span } from "./period";
import { type Boards, loadBoards } from "./sums";

/**
 * Reads one board of a span from Redis. When Redis does not have it, the caller with the lease rebuilds it from
 * Postgres and stores it; during a rebuild, or without Redis, other callers read Postgres.
 *
 * Boards in Redis expire after minutes, which bounds how long an update that Redis missed stays invisible.
 */
export async function readBoard(span: Span, query: BoardQuery): Promise<Board> {
  const token = newId();
  const cached = await tryReadCachedBoard(span, query, token);
  if (cached?.built) return cached.board;
  if (!cached?.leased) return toBoard(await loadBoardsCoalesced(span), query);
  // Not coalesced: boards to store must be read under the lease.
  const loaded = await loadBoards(span);
  try {
    await storeBoards(span, loaded, token);
  } catch (error) {
    if (!(error instanceof RedisUnavailableError)) throw error;
    log().debug({ err: error }, "leaderboard not stored: Redis unavailable");
  }
  return toBoard(loaded, query);
}

/** Null when Redis is unavailable. */
async function tryReadCachedBoard(span: Span, query: BoardQuery, token: string): Promise<BoardLookup | null> {
  try {
    return await readCachedBoard(span, query, token);
  } catch (error) {
    if (!(error instanceof RedisUnavailableError)) throw error;
    log().debug({ err: error }, "leaderboard read from Postgres: Redis unavailable");
    return null;
  }
}

/** How often a rebuild starts again because a sale revoked its lease. */
const MAX_REBUILD_ATTEMPTS = 20;

/**
 * Stores the boards of a span in Redis as Postgres has them now.
 * @returns how many rows the boards have @throws {RedisUnavailableError}
 */
export async function rebuildSpan(span: Span): Promise<number> {
  for (let attempt = 0; attempt < MAX_REBUILD_ATTEMPTS; attempt += 1) {
    const token = newId();
    await seizeLease(span, token);
    const loaded = await loadBoards(span);
    if (await storeBoards(span, loaded, token)) {
      return [...loaded.values()].reduce((sum, rows) => sum + rows.length, 0);
    }
  }
  throw new Error(`leaderboards of ${span.bucket} not rebuilt: sales interrupted every attempt`);
}

/** Span -> the load under way in this process (single flight): without Redis every request needs it. */
const inFlightLoads = new Map<string, Promise<Boards>>();

function loadBoardsCoalesced(span: Span): Promise<Boards> {
  const name = `${span.period}:${span.bucket}`;
  const inFlight = inFlightLoads.get(name);
  if (inFlight) return inFlight;
  const load = loadBoards(span).finally(() => inFlightLoads.delete(name));
  inFlightLoads.set(name, load);
  return load;
}

/** The board that the script `readLeaderboard` would return, from Postgres' rows. */
export function toBoard(loaded: Boards, { currency, limit, viewerId }: BoardQuery): Board {
  const currencies = [...loaded.keys()].sort();
  const selectedCurrency = currency ?? pickDefaultCurrency(loaded, currencies);
  const rows = loaded.get(selectedCurrency) ?? [];
  const own = rows.find(({ userId }) => userId === viewerId);
  return {
    currency: selectedCurrency,
    currencies,
    rows: rows.slice(0, limit),
    own: own
      ? {
          above: rows.filter(({ amountMinor }) => amountMinor > own.amountMinor).length,
          amountMinor: own.amountMinor,
          sales: own.sales,
        }
      : null,
  };
}

function pickDefaultCurrency(loaded: Boards, currencies: readonly string[]): string {
  if (loaded.has(MAIN_CURRENCY)) return MAIN_CURRENCY;
  const size = (currency: string) => loaded.get(currency)?.length ?? 0;
  return currencies.reduce(
    (largest, candidate) => (size(candidate) > size(largest) ? candidate : largest),
    currencies[0] ?? MAIN_CURRENCY,
  );
}
