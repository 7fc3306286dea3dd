import { useTranslations } from "next-intl";
import { useMoneyFormatter } from "@/app/_ui/use-money-formatter";
import type { SearchResults } from "@/lib/schemas/search";
import { toEntries } from "./found-rows";

/** @returns makes the rows of results in the reader's language */
export function useFoundRows() {
  const t = useTranslations("search");
  const money = useMoneyFormatter();
  return (results: SearchResults) =>
    toEntries(results, {
      money,
      countPosts: (count) => t("tagPosts", { count }),
      manyPosts: t("manyPosts"),
    });
}
