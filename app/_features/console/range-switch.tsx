import { useTranslations } from "next-intl";
import { segmentedControl } from "@/app/_shell/segmented-control";
import { cn } from "@/app/_ui/cn";
import { Link } from "@/app/_ui/link";

export const REPORT_RANGES = [7, 30, 90] as const;

export type ReportRange = (typeof REPORT_RANGES)[number];

export function RangeSwitch({ current }: { current: ReportRange }) {
  const t = useTranslations("analyticsConsole");
  return (
    <nav aria-label={t("range")} className={segmentedControl.group}>
      {REPORT_RANGES.map((days) => (
        <Link
          key={days}
          href={{ pathname: "/admin/analytics", query: { days } }}
          scroll={false}
          aria-current={days === current ? "true" : undefined}
          className={cn(
            segmentedControl.item,
            "h-9 px-4 whitespace-nowrap",
            days === current && segmentedControl.active,
          )}
        >
          {t("days", { count: days })}
        </Link>
      ))}
    </nav>
  );
}
