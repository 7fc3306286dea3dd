import { useFormatter, useTranslations } from "next-intl";
import { RollingText } from "@/app/_features/posts/views/rolling-text";
import { cn } from "@/app/_ui/cn";
import type { ViewSyncState } from "@/lib/views";

/** Pending views and claimed batches; numbers above zero are highlighted. */
export function ViewSyncGauges({ state }: { state: ViewSyncState }) {
  const t = useTranslations("viewSync");
  const format = useFormatter();
  const gauges = [
    { name: t("pendingViews"), value: state.pendingViews },
    { name: t("pendingPosts"), value: state.pendingPosts },
    { name: t("claimedBatches"), value: state.claimedBatches },
    { name: t("claimedViews"), value: state.claimedViews },
    { name: t("pendingPlays"), value: state.plays.pendingViews + state.plays.claimedViews },
  ];
  const idle = gauges.every((gauge) => gauge.value === 0);
  return (
    <section className="mt-10" aria-label={t("title")}>
      <dl className="grid grid-cols-2 gap-3 lg:grid-cols-5 max-lg:*:last:col-span-2">
        {gauges.map((gauge) => (
          <div
            key={gauge.name}
            className="flex flex-col-reverse justify-between gap-6 rounded-2xl border border-line bg-raised/70 p-5"
          >
            <dt className="text-sm text-muted">{gauge.name}</dt>
            <dd
              className={cn(
                "display tabular text-[clamp(1.75rem,4.5vw,3rem)]",
                gauge.value > 0 ? "text-accent-text" : "text-faint",
              )}
            >
              <RollingText text={format.number(gauge.value)} />
            </dd>
          </div>
        ))}
      </dl>
      <p className="mt-3 text-sm text-faint">{t(idle ? "idle" : "claimedHint")}</p>
    </section>
  );
}
