import { useFormatter, useTranslations } from "next-intl";
import { cn } from "@/app/_ui/cn";
import { Link } from "@/app/_ui/link";
import { NumberTable } from "@/app/_ui/number-table";
import { RelativeTime } from "@/app/_ui/relative-time";
import type { OpenQueue } from "@/lib/ops";

/** Unfinished and dead tasks by queue, and since when the oldest could have run: on a phone under the queue's name. */
export function OpenTasks({ queues, at }: { queues: readonly OpenQueue[]; at: string }) {
  const t = useTranslations("overviewConsole");
  const format = useFormatter();
  const readAt = Date.parse(at);
  return (
    <section className="mt-12" aria-labelledby="open-tasks">
      <h2 id="open-tasks" className="display text-2xl">
        {t("tasks")}
      </h2>
      {queues.length === 0 ? (
        <p className="mt-4 text-muted">{t("noTasks")}</p>
      ) : (
        <NumberTable
          label={t("tasks")}
          columns={[
            { heading: t("queue") },
            { heading: t("waiting") },
            { heading: t("running") },
            { heading: t("dead") },
            { heading: t("oldest"), wide: true },
          ]}
          rows={queues.map(({ queue, waiting, running, dead, oldestWaitingSeconds }) => {
            const oldest =
              oldestWaitingSeconds === 0 ? null : (
                <RelativeTime
                  key="oldest"
                  at={new Date(readAt - oldestWaitingSeconds * 1_000).toISOString()}
                  renderedAt={readAt}
                />
              );
            return {
              key: queue,
              cells: [
                <span key="queue">
                  <Link
                    href={{ pathname: "/admin/tasks", query: { queue } }}
                    className="underline decoration-line-strong underline-offset-4 hover:decoration-ink"
                  >
                    {queue}
                  </Link>
                  <span className="block text-xs text-muted md:hidden">{oldest}</span>
                </span>,
                format.number(waiting),
                format.number(running),
                <span key="dead" className={cn(dead > 0 && "font-semibold text-danger")}>
                  {format.number(dead)}
                </span>,
                oldest ?? "–",
              ],
            };
          })}
        />
      )}
    </section>
  );
}
