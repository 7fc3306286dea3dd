import { cookies, headers } from "next/headers";
import { getRequestConfig } from "next-intl/server";
import { LOCALE_COOKIE, resolveLocale } from "@/lib/core/locale";

/** One language per request, decided as the API decides it; dates are UTC until the browser knows better. */
export default getRequestConfig(async () => {
  const [jar, head] = await Promise.all([cookies(), headers()]);
  const locale = resolveLocale({
    cookie: jar.get(LOCALE_COOKIE)?.value,
    acceptLanguage: head.get("accept-language"),
  });
  const messages = locale === "ru" ? await import("./messages/ru.json") : await import("./messages/en.json");
  return { locale, messages: messages.default, timeZone: "UTC", now: new Date() };
});
