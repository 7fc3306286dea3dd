import { cookieOf } from "../access-token";
import { LOCALE_COOKIE, type Locale, resolveLocale } from "../locale";

/** The language to answer a request in. */
export function localeOf(headers: Headers): Locale {
  return resolveLocale({
    cookie: cookieOf(headers, LOCALE_COOKIE),
    acceptLanguage: headers.get("accept-language"),
  });
}
