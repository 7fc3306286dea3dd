import { useFormatter, useTranslations } from "next-intl";
import type { TaskStory } from "@/lib/ops";
import { isUnfinishedState } from "@/lib/schemas/task-state";
import { ExactTime } from "./exact-time";
import { StoryNote } from "./section";

/** What is still to come of the task, soonest first. */
export function NextSteps({ story, renderedAt }: { story: TaskStory; renderedAt: number }) {
  const t = useTranslations("taskStory");
  const format = useFormatter();
  const { next, task, paused } = story;
  if (paused && isUnfinishedState(task.state))
    return (
      <p className="rounded-2xl border border-danger/60 bg-danger-ground p-5 [overflow-wrap:anywhere]">
        {t("nextPaused", { queue: task.queue })} <span dir="auto">{paused.reason}</span>
      </p>
    );
  if (next.length === 0) return <StoryNote>{t(task.state === "dead" ? "nextDead" : "nextNone")}</StoryNote>;
  return (
    <ol className="rounded-2xl border border-line bg-raised/70 px-5">
      {next.map(({ kind, at }) => (
        <li
          key={kind}
          className="flex flex-wrap items-baseline gap-x-3 border-b border-line py-3 last:border-0"
        >
          <span className="font-semibold">{t(`steps.${kind}`)}</span>
          <span className="text-muted">
            {Date.parse(at) <= renderedAt ? t("overdue") : format.relativeTime(new Date(at), renderedAt)}
          </span>
          <ExactTime at={at} className="tabular text-sm text-faint" />
        </li>
      ))}
    </ol>
  );
}
