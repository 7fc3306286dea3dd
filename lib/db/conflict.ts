import { setTimeout as delay } from "node:timers/promises";

/** Enough for a statement that locks in order; more would hide a design fault. */
const MAX_ATTEMPTS = 5;
const INITIAL_RETRY_DELAY_MS = 10;

/**
 * Runs a statement or a transaction again when Postgres chose it as a deadlock's victim (40P01) or could
 * not serialise it (40001): in both cases nothing of it was applied.
 */
export async function retryOnConflict<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || !isConflict(error)) throw error;
      await delay(INITIAL_RETRY_DELAY_MS * 2 ** attempt * Math.random());
    }
  }
}

/** Whether Postgres gave the statement up in favour of another one. */
export function isConflict(error: unknown): boolean {
  return (
    hasSqlState(error, ["40P01", "40001"]) ||
    (error instanceof Error && "code" in error && error.code === "P2034")
  );
}

/** Whether a unique constraint refused the write. */
export function isUniqueViolation(error: unknown): boolean {
  return (
    (error instanceof Error && "code" in error && error.code === "P2002") || hasSqlState(error, ["23505"])
  );
}

/** Whether what the write refers to is not there (any more). */
export function isForeignKeyViolation(error: unknown): boolean {
  return (
    (error instanceof Error && "code" in error && error.code === "P2003") || hasSqlState(error, ["23503"])
  );
}

/** Prisma keeps the SQLSTATE of a raw query at the bottom of its error. */
function hasSqlState(error: unknown, states: readonly string[], depth = 0): boolean {
  if (typeof error !== "object" || error === null || depth > 5) return false;
  for (const [name, value] of Object.entries(error)) {
    if ((name === "code" || name === "originalCode") && states.includes(String(value))) return true;
    if (typeof value === "object" && hasSqlState(value, states, depth + 1)) return true;
  }
  return "cause" in error && hasSqlState(error.cause, states, depth + 1);
}
