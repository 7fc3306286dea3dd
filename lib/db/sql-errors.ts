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
