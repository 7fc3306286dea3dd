/** How long things last. Units end the names. */

/** Short: what it says (role, name) the gate at the edge believes without asking. */
export const ACCESS_TOKEN_TTL_SECONDS = 15 * 60;

const DAY_SECONDS = 86_400;

/** The absolute limit: after that the password is asked for, whatever happened meanwhile. */
export const SESSION_TTL_SECONDS = 30 * DAY_SECONDS;
/** The idle limit: a session that was not refreshed for so long is over. */
export const SESSION_IDLE_SECONDS = 7 * DAY_SECONDS;

/** The refresh token before the present one is still answered for so long: two tabs may refresh at once. */
export const REFRESH_GRACE_MS = 10_000;

/** Beyond so many sessions of one person the ones not seen for longest end. */
export const MAX_SESSIONS_PER_USER = 100;

/**
 * How long Redis may be believed about sessions once it surely knew of all that were ended. A revocation that
 * cannot tell Redis takes this much longer: when it answers, nobody believes Redis any more (catch-up.ts).
 */
export const TRUST_LEASE_MS = 5_000;
/** Below that the next catch-up begins, so that under traffic nobody finds Redis not to be believed. */
export const LEASE_RENEWAL_THRESHOLD_MS = 3_000;
/** A transaction that changes sessions commits within this after the time it writes into its row. */
export const MAX_CHANGE_DURATION_MS = 60_000;
/** Redis that is further behind is not caught up but begun anew: a backup was restored, or nobody was here. */
export const MAX_LAG_MS = 3_600_000;
