import { useTranslations } from "next-intl";
import { segmentedControl } from "@/app/_shell/segmented-control";
import { cn } from "@/app/_ui/cn";
import { Link } from "@/app/_ui/link";
import { ReportState } from "@/lib/schemas/enums";

/** The state of the reports that are listed; it is in the URL. */
export function ReportFilter({ state }: { state: ReportState }) {
  const t = useTranslations("reportConsole");
  return (
    <nav
      aria-label={t("filter")}
      className={cn(segmentedControl.group, "mt-8 w-fit max-w-full overflow-x-auto")}
    >
      {Object.values(ReportState).map((option) => (
        <Link
          key={option}
          href={{ pathname: "/admin/reports", query: option === "open" ? {} : { state: option } }}
          scroll={false}
          aria-current={option === state ? "true" : undefined}
          className={cn(
            segmentedControl.item,
            "h-9 shrink-0 px-3 whitespace-nowrap sm:px-4",
            option === state && segmentedControl.active,
          )}
        >
          {t(`states.${option}`)}
        </Link>
      ))}
    </nav>
  );
}
