import { useTranslations } from "next-intl";
import { segmentedControl } from "@/app/_shell/segmented-control";
import { cn } from "@/app/_ui/cn";
import { Link } from "@/app/_ui/link";
import type { Leaderboard } from "@/lib/schemas/leaderboard";
import { type Period, periods } from "@/lib/schemas/period";

function boardHref(period: Period, currency: string | null): string {
  const query = new URLSearchParams({
    ...(period === "week" ? {} : { period }),
    ...(currency ? { currency } : {}),
  });
  return query.size === 0 ? "/leaderboards" : `/leaderboards?${query.toString()}`;
}

interface Props {
  period: Period;
  board: Pick<Leaderboard, "currency" | "currencies">;
  /** The requested currency, if any; kept when the period changes. */
  chosenCurrency: string | null;
}

/** Periods, and currencies if there are several. Links, so they work without JavaScript. */
export function BoardTabs({ period, board, chosenCurrency }: Props) {
  const t = useTranslations("leaderboards");
  const currencies = [...new Set([...board.currencies, board.currency])].sort();
  return (
    <div className="flex flex-wrap items-center justify-between gap-3">
      <nav aria-label={t("periods")} className={cn(segmentedControl.group, "w-full sm:w-auto")}>
        {periods.map((each) => (
          <Link
            key={each}
            href={boardHref(each, chosenCurrency)}
            scroll={false}
            aria-current={each === period ? "page" : undefined}
            className={cn(
              segmentedControl.item,
              "h-11 px-5 text-sm",
              each === period && segmentedControl.active,
            )}
          >
            {t(`period.${each}`)}
          </Link>
        ))}
      </nav>
      {currencies.length > 1 ? (
        <nav aria-label={t("currencies")} className={segmentedControl.group}>
          {currencies.map((currency) => (
            <Link
              key={currency}
              href={boardHref(period, currency)}
              scroll={false}
              aria-current={currency === board.currency ? "page" : undefined}
              className={cn(
                segmentedControl.item,
                "h-11 px-4",
                currency === board.currency && segmentedControl.active,
              )}
            >
              {currency}
            </Link>
          ))}
        </nav>
      ) : null}
    </div>
  );
}
