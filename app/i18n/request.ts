import { cookies, headers } from "next/headers";
import { getRequestConfig } from "next-intl/server";
import { LOCALE_COOKIE, resolveLocale } from "@/lib/core/locale";
import { loadMessages } from "./catalogue";

/** One language per request, chosen by the API's rules. Dates render in UTC until the browser applies its time zone. */
export default getRequestConfig(async () => {
  const [cookieStore, requestHeaders] = await Promise.all([cookies(), headers()]);
  const locale = resolveLocale({
    cookie: cookieStore.get(LOCALE_COOKIE)?.value,
    acceptLanguage: requestHeaders.get("accept-language"),
  });
  return { locale, messages: await loadMessages(locale), timeZone: "UTC", now: new Date() };
});
