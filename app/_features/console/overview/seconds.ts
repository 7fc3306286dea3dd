import { useFormatter, useTranslations } from "next-intl";
import { SLOWER_THAN_BUCKETS_SECONDS } from "@/lib/ops";

/** Writes the upper bound of a duration; null is a dash. */
export function useSeconds(): (seconds: number | null) => string {
  const t = useTranslations("overviewConsole");
  const format = useFormatter();
  return (seconds) => {
    if (seconds === null) return "–";
    if (seconds === SLOWER_THAN_BUCKETS_SECONDS) return t("slower");
    return seconds < 1
      ? t("atMostMs", { count: format.number(seconds * 1_000) })
      : t("atMostSeconds", { count: format.number(seconds) });
  };
}
