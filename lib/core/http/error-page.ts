import type { AppError } from "../errors";
import type { Locale } from "../locale";
import { messageText } from "../messages";

/** Constant, because content security policies allow it by its hash. */
const STYLE =
  "body{display:grid;place-content:center;min-height:100vh;margin:0;padding:2rem;box-sizing:border-box;background:#15121c;color:#f4f2f8;font:600 1.25rem/1.5 system-ui;text-align:center}h1{margin:0;font:inherit}b{display:block;font-size:4rem;color:#baed3f;font-variant-numeric:tabular-nums}a{color:inherit}small{display:block;margin-top:2rem;font-weight:400;font-size:.875rem;opacity:.7}";

/** The style's source in a content security policy; a test compares the two. */
export const ERROR_PAGE_STYLE_SOURCE = "'sha256-XbcxTW+GpGGXW1ieBYvxbjbLTbPvNiHZIWKcSuOFB00='";

/**
 * Whether a request is a browser's navigation, whose response is shown to a person. Current browsers send
 * `Sec-Fetch-Mode`; older ones are recognised by what they accept, which API clients do not ask for.
 */
export function isNavigation(headers: Headers): boolean {
  const mode = headers.get("sec-fetch-mode");
  return mode === null ? (headers.get("accept")?.includes("text/html") ?? false) : mode === "navigate";
}

interface ErrorPageOptions {
  locale: Locale;
  requestId: string;
  /** For the style, where the response's policy allows no hash. */
  nonce?: string | undefined;
}

/** An error for a person, as an HTML page that loads nothing else. With `Retry-After` it reloads itself. */
export function renderErrorPage(error: AppError, { locale, requestId, nonce }: ErrorPageOptions): string {
  const { retryAfterSeconds: seconds } = error;
  const [href, linkKey] =
    error.code === "unauthenticated" ? ["/sign-in", "page_sign_in" as const] : ["/", "page_home" as const];
  return `<!doctype html><html lang="${locale}"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">${
    seconds === undefined ? "" : `<meta http-equiv="refresh" content="${seconds}">`
  }
<title>${messageText(error.messageKey, locale)} · NormalDance</title>
<style${nonce === undefined ? "" : ` nonce="${nonce}"`}>${STYLE}</style>
<main><h1><b>${seconds ?? error.status}</b>${messageText(error.messageKey, locale)}</h1>
<p><a href="${href}">${messageText(linkKey, locale)}</a></p><small>${requestId}</small></main></html>`;
}
