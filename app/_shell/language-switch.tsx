import { useLocale, useTranslations } from "next-intl";
import { cn } from "@/app/_ui/cn";
import { setLocale } from "@/app/i18n/set-locale";
import { locales } from "@/lib/core/locale";
import { segmentedControl } from "./segmented-control";

/** A plain form with one button per language: it works before any script has loaded. */
export function LanguageSwitch() {
  const t = useTranslations("language");
  const current = useLocale();
  return (
    <form action={setLocale}>
      <fieldset className={segmentedControl.group}>
        <legend className="sr-only">{t("label")}</legend>
        {locales.map((locale) => (
          <button
            key={locale}
            type="submit"
            name="locale"
            value={locale}
            lang={locale}
            aria-label={`${locale.toUpperCase()}, ${t(locale)}`}
            aria-pressed={locale === current}
            className={cn(segmentedControl.item, locale === current && segmentedControl.active)}
          >
            {locale.toUpperCase()}
          </button>
        ))}
      </fieldset>
    </form>
  );
}
