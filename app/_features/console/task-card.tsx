import { useTranslations } from "next-intl";
import { Link } from "@/app/_ui/link";
import { RelativeTime } from "@/app/_ui/relative-time";
import type { TaskView } from "@/lib/schemas/task";
import { isUnfinishedState } from "@/lib/schemas/task-state";
import { type DeadTask, getQueueDefinition, isQueueName } from "@/lib/tasks";
import { InlineAction } from "./inline-action";
import { RetryForm } from "./retry-form";

interface Props {
  task: DeadTask | TaskView;
  renderedAt: number;
  /** The card heads the page about its task; in a list it links there. */
  isPage?: boolean;
  /** As JSON, to be edited before a replay. */
  payload?: string | null;
}

/** One task with its error, and buttons that replay or cancel it. */
export function TaskCard({ task, renderedAt, isPage = false, payload = null }: Props) {
  const t = useTranslations("taskConsole");
  const actions = useTranslations("taskActions");
  const Heading = isPage ? "h2" : "h3";
  const subject = "subject" in task ? task.subject : null;
  const facts = [
    { name: t("subject"), value: subject },
    { name: t("message"), value: task.messageId },
  ];
  return (
    <article className="rounded-2xl border border-line bg-raised/70 p-5" aria-labelledby={task.id}>
      <div className="flex flex-wrap items-start justify-between gap-4">
        <div className="min-w-0">
          <Heading id={task.id} className="flex flex-wrap items-baseline gap-x-3 text-lg font-semibold">
            {isPage ? (
              task.queue
            ) : (
              <Link
                href={`/admin/tasks/${task.id}`}
                className="inline-flex min-h-11 items-center underline decoration-line-strong underline-offset-4 hover:decoration-ink"
              >
                {task.queue}
              </Link>
            )}
            <span className="text-sm font-normal text-muted">
              {t(`states.${task.state}`)}
              {" · "}
              {t("attempts", { count: task.attempts })}
              {" · "}
              <RelativeTime at={task.finishedAt ?? task.createdAt} renderedAt={renderedAt} />
            </span>
          </Heading>
          <p className="tabular mt-0.5 text-xs break-all text-faint">{task.id}</p>
        </div>
        {task.state === "dead" ? <RetryForm taskId={task.id} payload={payload} /> : null}
        {isPage && (task.state === "dead" || isCancellable(task)) ? (
          <InlineAction
            path={`/api/admin/tasks/${task.id}/cancel`}
            label={actions("cancel")}
            effect={actions(task.state === "dead" ? "cancelDeadEffect" : "cancelEffect")}
            look="danger"
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

function isCancellable({ queue, state }: TaskView): boolean {
  return isUnfinishedState(state) && isQueueName(queue) && getQueueDefinition(queue).cancellable;
}
