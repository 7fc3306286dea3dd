import { newId } from "../core/ids";
import { log } from "../core/log";
import { RedisUnavailableError } from "../redis";
import { type Board, readStored, type Stored, storeBoards, takeLease, type Wish } from "./board-store";
import { MAIN_CURRENCY } from "./currency";
import type { Span } from "./period";
import { type Boards, loadBoards } from "./sums";

/**
 * One board of a span: from Redis, and where Redis does not have it from Postgres, and then Redis has it too. Who
 * comes while somebody else rebuilds, or without Redis, reads Postgres.
 *
 * Boards in Redis live for minutes: that bounds what nobody could tell Redis in time.
 */
export async function readBoard(span: Span, wish: Wish): Promise<Board> {
  const token = newId();
  const stored = await tryStored(span, wish, token);
  if (stored?.built) return stored.board;
  if (!stored?.leased) return boardOf(await loadShared(span), wish);
  // Not shared: what is stored must have been read under the lease.
  const loaded = await loadBoards(span);
  try {
    await storeBoards(span, loaded, token);
  } catch (error) {
    if (!(error instanceof RedisUnavailableError)) throw error;
    log().debug({ err: error }, "a leaderboard was not stored");
  }
  return boardOf(loaded, wish);
}

/** Without Redis: null. */
async function tryStored(span: Span, wish: Wish, token: string): Promise<Stored | null> {
  try {
    return await readStored(span, wish, token);
  } catch (error) {
    if (!(error instanceof RedisUnavailableError)) throw error;
    log().debug({ err: error }, "a leaderboard comes from Postgres");
    return null;
  }
}

/** How often a rebuild begins anew because a sale came in between. */
const REBUILDS = 20;

/**
 * Stores the boards of a span in Redis as Postgres has them now.
 * @returns how many people stand on them @throws {RedisUnavailableError}
 */
export async function rebuildSpan(span: Span): Promise<number> {
  for (let tries = 0; tries < REBUILDS; tries += 1) {
    const token = newId();
    await takeLease(span, token);
    const loaded = await loadBoards(span);
    if (await storeBoards(span, loaded, token)) {
      return [...loaded.values()].reduce((sum, rows) => sum + rows.length, 0);
    }
  }
  throw new Error(`the leaderboards of ${span.bucket} change faster than they can be rebuilt`);
}

/** Span -> the load that is under way in this process: without Redis everybody asks at once. */
const loading = new Map<string, Promise<Boards>>();

function loadShared(span: Span): Promise<Boards> {
  const name = `${span.period}:${span.bucket}`;
  const running = loading.get(name);
  if (running) return running;
  const load = loadBoards(span).finally(() => loading.delete(name));
  loading.set(name, load);
  return load;
}

/** What the script `readLeaderboard` answers, from what Postgres said. */
export function boardOf(loaded: Boards, { currency, limit, viewerId }: Wish): Board {
  const currencies = [...loaded.keys()].sort();
  const wanted = currency ?? mainOf(loaded, currencies);
  const rows = loaded.get(wanted) ?? [];
  const own = rows.find(({ userId }) => userId === viewerId);
  return {
    currency: wanted,
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

function mainOf(loaded: Boards, currencies: readonly string[]): string {
  if (loaded.has(MAIN_CURRENCY)) return MAIN_CURRENCY;
  const size = (currency: string) => loaded.get(currency)?.length ?? 0;
  return currencies.reduce(
    (most, each) => (size(each) > size(most) ? each : most),
    currencies[0] ?? MAIN_CURRENCY,
  );
}
