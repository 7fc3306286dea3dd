import { cookies, headers } from "next/headers";
import { getRequestConfig } from "next-intl/server";
import { LOCALE_COOKIE, type Locale, resolveLocale } from "@/lib/core/locale";
import type ru from "./messages/ru.json";

/** One language per request, decided as the API decides it; dates are UTC until the browser knows better. */
export default getRequestConfig(async () => {
  const [jar, head] = await Promise.all([cookies(), headers()]);
  const locale = resolveLocale({
    cookie: jar.get(LOCALE_COOKIE)?.value,
    acceptLanguage: head.get("accept-language"),
  });
  return { locale, messages: await loadMessages(locale), timeZone: "UTC", now: new Date() };
});

/** The type is what holds English to Russian: a key that is missing there does not compile. */
async function loadMessages(locale: Locale): Promise<typeof ru> {
  if (locale === "ru") return (await import("./messages/ru.json")).default;
  return (await import("./messages/en.json")).default;
}
