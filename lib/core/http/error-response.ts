import { AppError } from "../errors";
import type { Locale } from "../locale";
import { messageText } from "../messages";
import { textResponse } from "./body";
import { isNavigation, renderErrorPage } from "./error-page";

/** `Retry-After` in seconds when a backend is down. */
const RETRY_AFTER_OUTAGE_SECONDS = 5;

/**
 * Error codes of Prisma, pg and Node when Postgres cannot be reached, has no free connection, or gave up on a statement
 * that took or waited too long; and of lib/redis when Redis is unavailable.
 */
const OUTAGE_CODES = new Set([
  "REDIS_UNAVAILABLE",
  ...["P1001", "P1002", "P1008", "P1017", "P2024", "P2037"],
  ...["ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENOTFOUND", "EPIPE", "EAI_AGAIN"],
  ...["57P01", "57P02", "57P03", "53300", "08000", "08001", "08003", "08006"],
  // The limits of lib/db/role-settings.ts: nothing was applied.
  ...["57014", "55P03", "25P03", "25P04"],
  // It refuses our role, its disk is full, or its provider has made it read-only: nothing was applied either.
  ...["28000", "28P01", "P1000", "53100", "53200", "25006"],
]);

/** Converts any thrown value: an AppError is kept, an outage becomes 503, everything else a masked 500. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (isOutage(error)) {
    return new AppError("unavailable", { retryAfterSeconds: RETRY_AFTER_OUTAGE_SECONDS, cause: error });
  }
  return new AppError("internal", { cause: error });
}

/** Whether an error or one of its causes means that a backend could not be reached, or did not answer in time. */
export function isOutage(error: unknown, depth = 0): boolean {
  if (typeof error !== "object" || error === null || depth > 4) return false;
  if ("code" in error && OUTAGE_CODES.has(String(error.code))) return true;
  if ("originalCode" in error && OUTAGE_CODES.has(String(error.originalCode))) return true;
  // These have no code: a raw query without a server, a pool without a free connection, a lost connection, a query or
  // a transaction that timed out.
  if (
    error instanceof Error &&
    /Can't reach database server|timeout exceeded when trying to connect|Connection terminated|Query read timeout|Unable to start a transaction|expired transaction/i.test(
      error.message,
    )
  ) {
    return true;
  }
  if ("cause" in error && isOutage(error.cause, depth + 1)) return true;
  // Where Prisma puts the error of the driver.
  return "meta" in error && isOutage(driverError(error.meta), depth + 1);
}

function driverError(meta: unknown): unknown {
  return typeof meta === "object" && meta !== null && "driverAdapterError" in meta
    ? meta.driverAdapterError
    : undefined;
}

interface ErrorResponseOptions {
  /** The headers of the request, which show whether a person sees the response; without them it is for a program. */
  requestHeaders?: Headers | undefined;
  /** For the style of the page, where the response's policy has one. */
  nonce?: string | undefined;
}

/** The standard error body with its status; for a browser's navigation a page with the same status and headers. */
export function errorResponse(
  error: AppError,
  locale: Locale,
  requestId: string,
  { requestHeaders, nonce }: ErrorResponseOptions = {},
): Response {
  const headers = new Headers({
    "x-request-id": requestId,
    "cache-control": "no-store",
    vary: "Accept, Sec-Fetch-Mode",
  });
  if (error.retryAfterSeconds !== undefined) headers.set("retry-after", String(error.retryAfterSeconds));
  if (error.code === "unauthenticated") headers.set("www-authenticate", 'Bearer realm="normaldance"');
  const { status } = error;
  if (requestHeaders && isNavigation(requestHeaders)) {
    const page = renderErrorPage(error, { locale, requestId, nonce });
    return textResponse(page, { status, headers, type: "text/html; charset=utf-8" });
  }
  const message = messageText(error.messageKey, locale);
  const details = error.details ?? (error.field ? [{ path: error.field, message }] : undefined);
  const body = { error: { code: error.code, message, requestId, ...(details ? { details } : {}) } };
  return textResponse(JSON.stringify(body), { status, headers, type: "application/json" });
}
