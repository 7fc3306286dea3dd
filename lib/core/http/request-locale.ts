import { getCookie } from "../access-token";
import { LOCALE_COOKIE, type Locale, resolveLocale } from "../locale";

/** The language of the response. */
export function getRequestLocale(headers: Headers): Locale {
  return resolveLocale({
    cookie: getCookie(headers, LOCALE_COOKIE),
    acceptLanguage: headers.get("accept-language"),
  });
}
