import { useTranslations } from "next-intl";
import { RelativeTime } from "@/app/_ui/relative-time";
import type { TaskView } from "@/lib/schemas/task";
import type { DeadTask } from "@/lib/tasks";
import { AdminActionButton } from "./admin-action-button";

/** One task with its error, and a replay button when it is dead. */
export function TaskCard({ task, renderedAt }: { task: DeadTask | TaskView; renderedAt: number }) {
  const t = useTranslations("taskConsole");
  const subject = "subject" in task ? task.subject : null;
  const facts = [
    { name: t("subject"), value: subject },
    { name: t("message"), value: task.messageId },
  ];
  return (
    <article className="rounded-2xl border border-line bg-raised/70 p-5" aria-labelledby={task.id}>
      <div className="flex flex-wrap items-start justify-between gap-4">
        <div className="min-w-0">
          <h3 id={task.id} className="flex flex-wrap items-baseline gap-x-3 text-lg font-semibold">
            {task.queue}
            <span className="text-sm font-normal text-muted">
              {t(`states.${task.state}`)}
              {" · "}
              {t("attempts", { count: task.attempts })}
              {" · "}
              <RelativeTime at={task.finishedAt ?? task.createdAt} renderedAt={renderedAt} />
            </span>
          </h3>
          <p className="tabular mt-0.5 text-xs break-all text-faint">{task.id}</p>
        </div>
        {task.state === "dead" ? (
          <AdminActionButton
            path={`/api/tasks/${task.id}/replay`}
            label={t("replay")}
            busyLabel={t("replaying")}
            doneLabel={t("replayed")}
          />
        ) : null}
      </div>
      {task.state === "dead" || task.error ? (
        <p className="mt-4 rounded-xl bg-danger-ground px-4 py-3 text-sm text-danger [overflow-wrap:anywhere]">
          {task.error ?? t("noError")}
        </p>
      ) : null}
      <dl className="mt-4 flex flex-wrap gap-x-8 gap-y-2 text-sm">
        {facts.map(({ name, value }) =>
          value ? (
            <div key={name} className="min-w-0">
              <dt className="text-xs text-faint">{name}</dt>
              <dd className="break-all text-muted">{value}</dd>
            </div>
          ) : null,
        )}
      </dl>
    </article>
  );
}
