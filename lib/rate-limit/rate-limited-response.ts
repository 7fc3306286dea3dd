import { AppError } from "../core/errors";
import { errorResponse } from "../core/http/error-response";
import { getRequestLocale } from "../core/http/request-locale";
import { newId } from "../core/ids";
import type { Locale } from "../core/locale";
import { messageText } from "../core/messages";

/**
 * The 429 for a caller over the limit: the standard JSON body, or for `Accept: text/html` a page that loads nothing
 * else from the server and reloads itself when the limit allows it.
 *
 * @param nonce  for the page's inline style, as in the response's content security policy
 */
export function rateLimitedResponse(request: Request, retryAfterSeconds: number, nonce: string): Response {
  const locale = getRequestLocale(request.headers);
  const error = new AppError("rate_limited", { retryAfterSeconds });
  const response = errorResponse(error, locale, newId());
  if (!request.headers.get("accept")?.includes("text/html")) return response;
  const headers = new Headers(response.headers);
  headers.set("content-type", "text/html; charset=utf-8");
  return new Response(renderPage(locale, retryAfterSeconds, nonce), { status: response.status, headers });
}

function renderPage(locale: Locale, seconds: number, nonce: string): string {
  return `<!doctype html><html lang="${locale}"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><meta http-equiv="refresh" content="${seconds}">
<title>NormalDance</title>
<style nonce="${nonce}">body{display:grid;place-content:center;min-height:100vh;margin:0;padding:2rem;background:oklch(0.16 0.02 290);
color:oklch(0.97 0.01 290);font:600 1.25rem/1.5 system-ui;text-align:center}b{display:block;font-size:4rem;
color:oklch(0.88 0.2 125);font-variant-numeric:tabular-nums}</style>
<p><b>${seconds}</b>${messageText("rate_limited", locale)}</p></html>`;
}
