import { TriangleAlert } from "lucide-react";
import { useFormatter, useTranslations } from "next-intl";
import { RollingText } from "@/app/_features/posts/views/rolling-text";
import { cn } from "@/app/_ui/cn";
import type { Change } from "../difference";

interface Props {
  isStart: boolean;
  waiting: number;
  problems: number;
  change: Change | null;
}

/** How many wait at a node, and what is to be known of it, in signs with words for screen readers. */
export function NodeBadges({ isStart, waiting, problems, change }: Props) {
  const t = useTranslations("botEditor");
  const format = useFormatter();
  return (
    <span className="flex shrink-0 items-center gap-1">
      {isStart ? (
        <span className="rounded-full border border-line-strong px-2 text-[0.6875rem] leading-5 font-semibold">
          {t("start")}
        </span>
      ) : null}
      {change ? (
        <span
          className={cn(
            "rounded-full px-2 text-[0.6875rem] leading-5 font-semibold",
            change === "removed" ? "bg-danger-ground text-danger" : "bg-ink/8 text-accent-text",
          )}
        >
          {t(`change.${change}`)}
        </span>
      ) : null}
      {problems > 0 ? (
        <span title={t("problems", { count: problems })} className="text-danger">
          <TriangleAlert className="size-4" aria-hidden="true" />
          <span className="sr-only">{t("problems", { count: problems })}</span>
        </span>
      ) : null}
      {waiting > 0 ? (
        <span
          title={t("waiting", { count: waiting })}
          className="tabular rounded-full bg-accent px-2 text-xs leading-5 font-bold text-on-accent"
        >
          <span aria-hidden="true">
            <RollingText text={format.number(waiting, { notation: "compact" })} />
          </span>
          <span className="sr-only">{t("waiting", { count: waiting })}</span>
        </span>
      ) : null}
    </span>
  );
}
