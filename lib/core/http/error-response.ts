import { AppError } from "../errors";
import type { Locale } from "../locale";
import { messageText } from "../messages";

/** After this many seconds it is worth asking again, when a backend was down. */
const RETRY_AFTER_OUTAGE_SECONDS = 5;

/**
 * What Prisma, pg and the network say when Postgres cannot be reached or has no connection to spare, and what
 * lib/redis says when a caller that cannot do without Redis has to.
 */
const OUTAGE_CODES = new Set([
  "REDIS_UNAVAILABLE",
  ...["P1001", "P1002", "P1008", "P1017", "P2024", "P2037"],
  ...["ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENOTFOUND", "EPIPE", "EAI_AGAIN"],
  ...["57P01", "57P02", "57P03", "53300", "08000", "08001", "08003", "08006"],
]);

/** Turns whatever was thrown into an answer: known failures as they are, an outage as 503, the rest masked. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (isOutage(error)) {
    return new AppError("unavailable", { retryAfterSeconds: RETRY_AFTER_OUTAGE_SECONDS, cause: error });
  }
  return new AppError("internal", { cause: error });
}

/** Whether a backend could not be reached, looking through causes. */
export function isOutage(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > 4) return false;
  const code = "code" in error ? String(error.code) : "";
  if (OUTAGE_CODES.has(code)) return true;
  // There is no code of its own for a raw query without a server, a pool without a free connection, a lost
  // connection, a query without an answer.
  if (
    /Can't reach database server|timeout exceeded when trying to connect|Connection terminated|Query read timeout|Unable to start a transaction/i.test(
      error.message,
    )
  ) {
    return true;
  }
  return isOutage(error.cause, depth + 1);
}

/** The standard error body with its status. */
export function errorResponse(error: AppError, locale: Locale, requestId: string): Response {
  const headers = new Headers({ "x-request-id": requestId, "cache-control": "no-store" });
  if (error.retryAfterSeconds !== undefined) headers.set("retry-after", String(error.retryAfterSeconds));
  if (error.code === "unauthenticated") headers.set("www-authenticate", 'Bearer realm="normaldance"');
  const message = messageText(error.messageKey, locale);
  const details = error.details ?? (error.field ? [{ path: error.field, message }] : undefined);
  return Response.json(
    {
      error: {
        code: error.code,
        message,
        requestId,
        ...(details ? { details } : {}),
      },
    },
    { status: error.status, headers },
  );
}
