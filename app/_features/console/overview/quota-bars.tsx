import { useFormatter, useTranslations } from "next-intl";
import { cn } from "@/app/_ui/cn";
import { isNearlyUsed, QUOTA_WARNING, type Quota } from "@/lib/ops";

/** How much of each plan is used, with a mark where it becomes a trouble. */
export function QuotaBars({ quotas }: { quotas: readonly Quota[] }) {
  const t = useTranslations("overviewConsole");
  const format = useFormatter();
  if (quotas.length === 0) return null;
  return (
    <section className="mt-10" aria-labelledby="quotas">
      <h2 id="quotas" className="display text-2xl">
        {t("quotasTitle")}
      </h2>
      <ul className="mt-4 grid gap-3 sm:grid-cols-2">
        {quotas.map((quota) => {
          const part = quota.used / quota.limit;
          const isHigh = isNearlyUsed(quota);
          return (
            <li key={quota.name} className="rounded-2xl border border-line bg-raised/70 p-5">
              <p className="flex flex-wrap items-baseline justify-between gap-x-3">
                <span className="text-sm text-muted">{t(`quotas.${quota.name}`)}</span>
                <span className={cn("display tabular text-xl", isHigh ? "text-danger" : "text-ink")}>
                  {format.number(part, { style: "percent", maximumFractionDigits: part < 0.1 ? 1 : 0 })}
                </span>
              </p>
              {/* A <meter> cannot be styled alike in all browsers. */}
              {/* biome-ignore lint/a11y/useSemanticElements: as above */}
              <div
                role="meter"
                aria-label={t(`quotas.${quota.name}`)}
                aria-valuemin={0}
                aria-valuemax={quota.limit}
                aria-valuenow={Math.min(quota.used, quota.limit)}
                className="mt-3 h-2 overflow-hidden rounded-full bg-line"
              >
                <svg viewBox="0 0 100 1" preserveAspectRatio="none" className="size-full" aria-hidden="true">
                  <rect
                    width={Math.min(100, part * 100)}
                    height="1"
                    className={isHigh ? "fill-danger" : "fill-ink"}
                  />
                  <rect x={QUOTA_WARNING * 100} width="0.4" height="1" className="fill-faint" />
                </svg>
              </div>
              <p className="tabular mt-2 text-xs text-faint">
                {t("quotaUsed", { used: format.number(quota.used), limit: format.number(quota.limit) })}
              </p>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
