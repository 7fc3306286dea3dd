import { z } from "zod";

export const locales = ["ru", "en"] as const;
export const localeSchema = z.enum(locales);
export type Locale = z.infer<typeof localeSchema>;

/** Set by the language switch; overrides `Accept-Language`. */
export const LOCALE_COOKIE = "locale";
const DEFAULT_LOCALE: Locale = "ru";

interface LocalePreferences {
  cookie?: string | null | undefined;
  acceptLanguage?: string | null | undefined;
}

/** The response's language: the cookie, then the best match of `Accept-Language`, then Russian. */
export function resolveLocale({ cookie, acceptLanguage }: LocalePreferences): Locale {
  const chosen = localeSchema.safeParse(cookie);
  if (chosen.success) return chosen.data;
  for (const tag of parseAcceptLanguage(acceptLanguage ?? "")) {
    const preferred = localeSchema.safeParse(tag.split("-")[0]?.toLowerCase());
    if (preferred.success) return preferred.data;
  }
  return DEFAULT_LOCALE;
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
