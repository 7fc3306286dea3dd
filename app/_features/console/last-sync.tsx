import { useFormatter, useTranslations } from "next-intl";
import { RelativeTime } from "@/app/_ui/relative-time";
import type { SyncRun } from "@/lib/views";

/** Results of the last sync. */
export function LastSync({ run, renderedAt }: { run: SyncRun | null; renderedAt: number }) {
  const t = useTranslations("viewSync");
  const format = useFormatter();
  if (!run) {
    return (
      <section className="mt-12 rounded-2xl border border-dashed border-line-strong p-6">
        <h2 className="display text-xl">{t("never")}</h2>
        <p className="mt-2 text-muted">{t("neverText")}</p>
      </section>
    );
  }
  const facts = [
    { name: t("syncedPosts"), value: format.number(run.syncedPosts) },
    { name: t("syncedViews"), value: format.number(run.syncedViews) },
    { name: t("droppedViews"), value: format.number(run.droppedViews), hint: t("droppedHint") },
    { name: t("duration"), value: t("milliseconds", { count: format.number(Math.round(run.durationMs)) }) },
    { name: t("source"), value: t(`sources.${run.source}`) },
  ];
  return (
    <section className="mt-12">
      <div className="flex flex-wrap items-baseline gap-x-4 gap-y-1">
        <h2 className="display text-2xl">{t("lastRun")}</h2>
        <RelativeTime at={run.at} renderedAt={renderedAt} className="text-muted" />
      </div>
      <dl className="mt-5 grid grid-cols-2 gap-x-8 gap-y-6 border-t border-line pt-6 sm:grid-cols-5">
        {facts.map((fact) => (
          <div key={fact.name}>
            <dt className="text-sm text-muted">{fact.name}</dt>
            <dd className="tabular mt-1 text-lg font-semibold">{fact.value}</dd>
            {fact.hint ? <dd className="mt-0.5 text-xs text-faint">{fact.hint}</dd> : null}
          </div>
        ))}
      </dl>
    </section>
  );
}
