import { useFormatter, useTranslations } from "next-intl";
import { NumberTable } from "@/app/_ui/number-table";
import { RelativeTime } from "@/app/_ui/relative-time";
import type { SyncRun } from "@/lib/views";

/** The last syncs that found work. */
export function SyncRuns({ runs, renderedAt }: { runs: readonly SyncRun[]; renderedAt: number }) {
  const t = useTranslations("viewSync");
  const format = useFormatter();
  if (runs.length === 0) return null;
  return (
    <section className="mt-12" aria-labelledby="runs">
      <h2 id="runs" className="display text-2xl">
        {t("runs")}
      </h2>
      <NumberTable
        label={t("runs")}
        columns={[
          { heading: t("at") },
          { heading: t("source"), wide: true },
          { heading: t("syncedPosts") },
          { heading: t("syncedViews") },
          { heading: t("syncedPlays") },
          { heading: t("droppedViews"), wide: true },
          { heading: t("duration"), wide: true },
        ]}
        rows={runs.map((run) => ({
          key: run.at,
          cells: [
            <RelativeTime key="at" at={run.at} renderedAt={renderedAt} />,
            t(`sources.${run.source}`),
            format.number(run.syncedPosts),
            format.number(run.syncedViews),
            format.number(run.syncedPlays),
            format.number(run.droppedViews + run.droppedPlays),
            t("milliseconds", { count: format.number(Math.round(run.durationMs)) }),
          ],
        }))}
      />
    </section>
  );
}
