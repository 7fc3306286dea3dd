import { AppError } from "../core/errors";
import { getRequestLocale } from "../core/http/client-info";
import { errorResponse } from "../core/http/error-response";
import { newId } from "../core/ids";

/**
 * The 429 for a caller over the limit: the standard JSON body, or for a browser's navigation a page that loads nothing
 * else from the server and reloads itself when the limit allows it.
 *
 * @param nonce  for the page's inline style, as in the response's content security policy
 */
export function rateLimitedResponse(
  { headers: requestHeaders }: Request,
  retryAfterSeconds: number,
  nonce: string,
): Response {
  const error = new AppError("rate_limited", { retryAfterSeconds });
  return errorResponse(error, getRequestLocale(requestHeaders), newId(), { requestHeaders, nonce });
}
