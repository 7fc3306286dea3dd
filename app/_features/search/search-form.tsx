import { Search } from "lucide-react";
import { useTranslations } from "next-intl";
import { Button } from "@/app/_ui/button";
import { MAX_SEARCH_LENGTH } from "@/lib/schemas/search-limits";

/** A plain form, which needs no scripts. */
export function SearchForm({ q }: { q: string }) {
  const t = useTranslations("search");
  const page = useTranslations("searchPage");
  return (
    <search>
      <form action="/search" className="flex gap-2">
        <label className="relative min-w-0 grow">
          <span className="sr-only">{t("placeholder")}</span>
          <Search
            className="pointer-events-none absolute top-1/2 left-4 size-5 -translate-y-1/2 text-faint"
            aria-hidden="true"
          />
          <input
            type="search"
            name="q"
            dir={q === "" ? undefined : "auto"}
            defaultValue={q}
            maxLength={MAX_SEARCH_LENGTH}
            autoComplete="off"
            placeholder={t("placeholder")}
            className="h-13 w-full rounded-full border border-line-strong bg-ground/70 pr-4 pl-12 text-base placeholder:text-faint hover:border-muted focus:border-ink"
          />
        </label>
        <Button type="submit" size="large" className="shrink-0">
          {page("submit")}
        </Button>
      </form>
    </search>
  );
}
