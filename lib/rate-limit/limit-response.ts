import type { Ratelimit } from "@upstash/ratelimit";
import { tightestFirst } from "./buckets";
import type { TokenReservation } from "./limiter";

/** What `limit()` of @upstash/ratelimit resolves with. */
type RatelimitResponse = Awaited<ReturnType<Ratelimit["limit"]>>;

/**
 * How the second status travels. The library's response has room for one limit: its fields are those of the tightest.
 * All statuses, and the way to return the tokens, are in `reservation`. The library passes on the object that the
 * algorithm resolved with and changes `success` (deny lists) and `pending` (analytics) in place.
 */
export class LimitResponse implements RatelimitResponse {
  success: boolean;
  limit: number;
  remaining: number;
  /** Milliseconds since the epoch. */
  reset: number;
  pending: Promise<unknown>;
  reason?: NonNullable<RatelimitResponse["reason"]>;

  constructor(readonly reservation: TokenReservation) {
    const [tightest] = tightestFirst(reservation.statuses);
    this.success = reservation.allowed;
    this.limit = tightest?.policy.limit ?? 0;
    this.remaining = tightest?.remaining ?? 0;
    this.reset = tightest?.resetAt ?? 0;
    this.pending = reservation.pending;
  }
}

/** A caller that the library knows to be on a deny list: our algorithm was not asked. */
const DENIED = {
  statuses: [],
  degraded: null,
  returnTokens: async () => {},
} satisfies Partial<TokenReservation>;

/** Our decision out of the library's response. */
export function toReservation(response: RatelimitResponse): TokenReservation {
  return {
    ...(response instanceof LimitResponse ? response.reservation : DENIED),
    allowed: response.success,
    ...(response.reason === "denyList" ? { denied: true } : {}),
    pending: response.pending.catch(() => {}),
  };
}
