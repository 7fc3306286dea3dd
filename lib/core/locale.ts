export const locales = ["ru", "en"] as const;
export type Locale = (typeof locales)[number];

/** Set by the language switch; overrides `Accept-Language`. */
export const LOCALE_COOKIE = "locale";
const DEFAULT_LOCALE: Locale = "ru";

interface LocalePreferences {
  cookie?: string | null | undefined;
  acceptLanguage?: string | null | undefined;
}

/** The response's language: the cookie, then the best match of `Accept-Language`, then Russian. */
export function resolveLocale({ cookie, acceptLanguage }: LocalePreferences): Locale {
  const chosen = findLocale(cookie);
  if (chosen) return chosen;
  for (const tag of parseAcceptLanguage(acceptLanguage ?? "")) {
    const preferred = findLocale(tag.split("-")[0]?.toLowerCase());
    if (preferred) return preferred;
  }
  return DEFAULT_LOCALE;
}

function findLocale(tag: string | null | undefined): Locale | undefined {
  return locales.find((locale) => locale === tag);
}

function parseAcceptLanguage(header: string): string[] {
  return header
    .split(",")
    .map((part) => {
      const [tag = "", ...parameters] = part.trim().split(";");
      const quality = parameters.map((p) => /^\s*q=([\d.]+)/.exec(p)?.[1]).find((q) => q !== undefined);
      return { tag, quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ tag, quality }) => tag !== "" && quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .map(({ tag }) => tag);
}
