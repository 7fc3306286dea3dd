import { useTranslations } from "next-intl";
import { segmentedControl } from "@/app/_shell/segmented-control";
import { cn } from "@/app/_ui/cn";
import { Link } from "@/app/_ui/link";

const RANGES = [7, 30, 90] as const;

type Range = (typeof RANGES)[number];

/** Falls back to a month, so that a mangled link still opens the page. */
export function parseRange(days: unknown): Range {
  return RANGES.find((range) => String(range) === days) ?? 30;
}

/** How many days are shown. */
export function NumbersRange({ current }: { current: Range }) {
  const t = useTranslations("numbers");
  return (
    <nav aria-label={t("range")} className={segmentedControl.group}>
      {RANGES.map((days) => (
        <Link
          key={days}
          href={{ pathname: "/me/numbers", query: { days } }}
          scroll={false}
          aria-current={days === current ? "true" : undefined}
          className={cn(
            segmentedControl.item,
            "h-11 px-4 whitespace-nowrap",
            days === current && segmentedControl.active,
          )}
        >
          {t("days", { count: days })}
        </Link>
      ))}
    </nav>
  );
}
