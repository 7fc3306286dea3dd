import { useTranslations } from "next-intl";
import { segmentedControl } from "@/app/_shell/segmented-control";
import { cn } from "@/app/_ui/cn";
import { Link } from "@/app/_ui/link";
import { OVERVIEW_RANGES, type OverviewRange } from "@/lib/ops";

interface Props {
  current: OverviewRange;
  path?: "/admin" | "/admin/caches";
}

export function RangeLinks({ current, path = "/admin" }: Props) {
  const t = useTranslations("overviewConsole");
  return (
    <nav aria-label={t("range")} className={segmentedControl.group}>
      {OVERVIEW_RANGES.map((range) => (
        <Link
          key={range}
          href={{ pathname: path, query: { range } }}
          scroll={false}
          aria-current={range === current ? "true" : undefined}
          className={cn(
            segmentedControl.item,
            "h-11 px-4 whitespace-nowrap",
            range === current && segmentedControl.active,
          )}
        >
          {t(`ranges.${range}`)}
        </Link>
      ))}
    </nav>
  );
}
