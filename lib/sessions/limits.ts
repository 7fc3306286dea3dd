/** Limits and lifetimes of sessions and tokens. */

/** Short, because the edge gate accepts the token's signature without a look-up. */
export const ACCESS_TOKEN_TTL_SECONDS = 15 * 60;

const DAY_SECONDS = 86_400;

/** The absolute limit: after that the user must sign in again, however often the session was refreshed. */
export const SESSION_TTL_SECONDS = 30 * DAY_SECONDS;
/** The idle limit: a session that was not refreshed for that long has expired. */
export const SESSION_IDLE_SECONDS = 7 * DAY_SECONDS;

/** The previous refresh token is still accepted for that long, because two tabs may refresh concurrently. */
export const REFRESH_GRACE_MS = 10_000;

/** Beyond this number the user's least recently seen sessions are revoked. */
export const MAX_SESSIONS_PER_USER = 100;

/**
 * Length of the trust lease, counted from the start of the catch-up that grants it. A revocation that cannot reach
 * Redis takes this much longer: it resolves once every lease granted before it has expired (catch-up.ts).
 */
export const TRUST_LEASE_MS = 5_000;
/** Below this rest of the lease the next catch-up begins, so that the lease does not expire under traffic. */
export const LEASE_RENEWAL_THRESHOLD_MS = 2_000;
/** So many look-ups of one process without a lease, within {@link LOOKUPS_WINDOW_MS}, are traffic: the last begins one. */
export const LOOKUPS_BEFORE_LEASE = 8;
export const LOOKUPS_WINDOW_MS = 2 * TRUST_LEASE_MS;
/** A transaction that changes sessions commits at most this long after the `changedAt` that it writes. */
export const MAX_CHANGE_DURATION_MS = 60_000;
/** Beyond this lag a new epoch begins instead of a catch-up: a backup was restored, or there was no traffic. */
export const MAX_LAG_MS = 3_600_000;
