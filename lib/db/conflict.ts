import { setTimeout as delay } from "node:timers/promises";

/** Enough for statements that take locks in a fixed order; more would hide a design error. */
const MAX_ATTEMPTS = 5;
const INITIAL_RETRY_DELAY_MS = 10;

/**
 * Repeats a statement or transaction that Postgres aborted as a deadlock victim (40P01) or for a serialization
 * failure (40001): in both cases nothing was applied.
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

/** Whether Postgres aborted the statement because of a concurrent one. */
export function isConflict(error: unknown): boolean {
  return (
    hasSqlState(error, ["40P01", "40001"]) ||
    (error instanceof Error && "code" in error && error.code === "P2034")
  );
}

/** Whether the write violated a unique constraint. */
export function isUniqueViolation(error: unknown): boolean {
  return (
    (error instanceof Error && "code" in error && error.code === "P2002") || hasSqlState(error, ["23505"])
  );
}

/** Whether the write refers to a row that does not exist. */
export function isForeignKeyViolation(error: unknown): boolean {
  return (
    (error instanceof Error && "code" in error && error.code === "P2003") || hasSqlState(error, ["23503"])
  );
}

/** Searches nested fields and causes: Prisma nests the SQLSTATE of a raw query deep in its error. */
function hasSqlState(error: unknown, states: readonly string[], depth = 0): boolean {
  if (typeof error !== "object" || error === null || depth > 5) return false;
  for (const [name, value] of Object.entries(error)) {
    if ((name === "code" || name === "originalCode") && states.includes(String(value))) return true;
    if (typeof value === "object" && hasSqlState(value, states, depth + 1)) return true;
  }
  return "cause" in error && hasSqlState(error.cause, states, depth + 1);
}
