import Link from "next/link";
import { useTranslations } from "next-intl";
import { segments } from "@/app/_shell/segmented-control";
import { cn } from "@/app/_ui/cn";

export const RANGES = [7, 30, 90] as const;

export type Range = (typeof RANGES)[number];

export function RangeSwitch({ current }: { current: Range }) {
  const t = useTranslations("analyticsConsole");
  return (
    <nav aria-label={t("range")} className={segments.group}>
      {RANGES.map((days) => (
        <Link
          key={days}
          href={{ pathname: "/admin/analytics", query: { days } }}
          prefetch={false}
          scroll={false}
          aria-current={days === current ? "true" : undefined}
          className={cn(segments.item, "h-9 px-4 whitespace-nowrap", days === current && segments.on)}
        >
          {t("days", { count: days })}
        </Link>
      ))}
    </nav>
  );
}
