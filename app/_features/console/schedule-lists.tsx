import { useTranslations } from "next-intl";
import { cn } from "@/app/_ui/cn";
import { RelativeTime } from "@/app/_ui/relative-time";
import type { Schedules } from "@/lib/ops";
import { ExactTime } from "./task-story/exact-time";
import { StoryNote, StorySection } from "./task-story/section";

/** What must be called regularly and when it was, and the schedules of QStash that call it. */
export function ScheduleLists({ schedules, renderedAt }: { schedules: Schedules; renderedAt: number }) {
  const t = useTranslations("scheduleConsole");
  return (
    <>
      <StorySection id="calls" title={t("calls")}>
        <ul className="rounded-2xl border border-line bg-raised/70 px-5">
          {schedules.calls.map(({ path, lastSuccessAt, lastFailureAt }) => (
            <li key={path} className="border-b border-line py-3 last:border-0">
              <p className="font-semibold break-all">{path}</p>
              <p className={cn("text-sm", lastSuccessAt ? "text-muted" : "text-faint")}>
                {lastSuccessAt
                  ? t.rich("success", {
                      time: () => <RelativeTime at={lastSuccessAt} renderedAt={renderedAt} />,
                    })
                  : t("noSuccess")}
              </p>
              {lastFailureAt ? (
                <p className="text-sm text-danger">
                  {t.rich("failure", {
                    time: () => <RelativeTime at={lastFailureAt} renderedAt={renderedAt} />,
                  })}
                </p>
              ) : null}
            </li>
          ))}
        </ul>
      </StorySection>
      <StorySection id="qstash" title={t("qstash")}>
        <QstashSchedules schedules={schedules.qstash} />
      </StorySection>
    </>
  );
}

function QstashSchedules({ schedules }: { schedules: Schedules["qstash"] }) {
  const t = useTranslations("scheduleConsole");
  if (schedules === null)
    return (
      <p role="status" className="rounded-2xl bg-danger-ground p-5 text-danger">
        {t("qstashDown")}
      </p>
    );
  if (schedules.length === 0) return <StoryNote>{t("qstashNone")}</StoryNote>;
  return (
    <ul className="rounded-2xl border border-line bg-raised/70 px-5">
      {schedules.map(({ id, path, cron, isPaused, lastAt, nextAt }) => (
        <li key={id} className="border-b border-line py-3 text-sm last:border-0">
          <p className="flex flex-wrap items-baseline gap-x-3">
            <span className="font-semibold break-all">{path}</span>
            <code className="tabular">{cron}</code>
            {isPaused ? <span className="text-danger">{t("paused")}</span> : null}
          </p>
          {lastAt ? (
            <p className="text-muted">{t.rich("last", { time: () => <ExactTime at={lastAt} /> })}</p>
          ) : null}
          {nextAt ? (
            <p className="text-muted">{t.rich("next", { time: () => <ExactTime at={nextAt} /> })}</p>
          ) : null}
        </li>
      ))}
    </ul>
  );
}
