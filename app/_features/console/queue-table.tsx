import { useFormatter, useTranslations } from "next-intl";
import { cn } from "@/app/_ui/cn";
import { RelativeTime } from "@/app/_ui/relative-time";
import { MAX_COUNT, type QueueOverview } from "@/lib/tasks";

type State = keyof QueueOverview["counts"];

/** Phones show the waiting tasks as one number and the oldest one under the queue's name. */
const HIDDEN_ON_PHONE = "max-md:hidden";
const ONLY_ON_PHONE = "md:hidden";
/** The least urgent number. Its sum over all queues is above the table. */
const HIDDEN_ON_NARROW_PHONE = "max-[24rem]:hidden";

/** Number of tasks per queue and state. */
export function QueueTable({ queues, renderedAt }: { queues: readonly QueueOverview[]; renderedAt: number }) {
  const t = useTranslations("taskConsole");
  return (
    <section className="mt-12" aria-labelledby="queues">
      <h2 id="queues" className="display text-2xl">
        {t("queues")}
      </h2>
      <table className="mt-4 w-full table-auto text-sm">
        <thead>
          <tr className="border-b border-line text-right text-xs text-muted">
            <th scope="col" className="py-2 pr-2 text-left font-medium">
              {t("queue")}
            </th>
            <StateHeader state="pending" />
            <StateHeader state="published" className={HIDDEN_ON_PHONE} />
            <StateHeader state="running" />
            <StateHeader state="dead" />
            <StateHeader state="done" className={HIDDEN_ON_NARROW_PHONE} />
            <StateHeader state="cancelled" className={HIDDEN_ON_PHONE} />
            <th scope="col" className={cn("py-2 pl-4 font-medium", HIDDEN_ON_PHONE)}>
              {t("oldest")}
            </th>
          </tr>
        </thead>
        <tbody>
          {queues.map((row) => (
            <QueueRow key={row.queue} row={row} renderedAt={renderedAt} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function StateHeader({ state, className }: { state: State; className?: string }) {
  const t = useTranslations("taskConsole");
  return (
    <th scope="col" className={cn("px-1 py-2 font-medium sm:px-3", className)}>
      {t(`states.${state}`)}
    </th>
  );
}

function QueueRow({ row, renderedAt }: { row: QueueOverview; renderedAt: number }) {
  const t = useTranslations("taskConsole");
  const { queue, available, counts, oldestWaitingAt } = row;
  const oldest = oldestWaitingAt ? (
    <RelativeTime at={oldestWaitingAt} renderedAt={renderedAt} />
  ) : (
    <span className="text-faint">{t(available ? "nothing" : "later")}</span>
  );
  return (
    <tr className={cn("border-b border-line text-right", available ? null : "text-faint")}>
      <th scope="row" className="py-3 pr-1 text-left font-semibold [overflow-wrap:anywhere]">
        {queue}
        <span className={cn("block text-xs font-normal text-muted", ONLY_ON_PHONE)}>
          {oldestWaitingAt || !available ? oldest : null}
        </span>
      </th>
      <CountCell value={counts.pending + counts.published} className={ONLY_ON_PHONE} />
      <CountCell value={counts.pending} className={HIDDEN_ON_PHONE} />
      <CountCell value={counts.published} className={HIDDEN_ON_PHONE} />
      <CountCell value={counts.running} highlightClass="text-accent-text font-semibold" />
      <CountCell value={counts.dead} highlightClass="text-danger font-semibold" />
      <CountCell value={counts.done} className={HIDDEN_ON_NARROW_PHONE} />
      <CountCell value={counts.cancelled} className={HIDDEN_ON_PHONE} />
      <td className={cn("py-3 pl-4 text-muted", HIDDEN_ON_PHONE)}>{oldest}</td>
    </tr>
  );
}

function CountCell({
  value,
  highlightClass,
  className,
}: {
  value: number;
  highlightClass?: string;
  className?: string;
}) {
  const format = useFormatter();
  return (
    <td className={cn("tabular px-1 py-3 sm:px-3", value === 0 ? "text-faint" : highlightClass, className)}>
      {format.number(value)}
      {value >= MAX_COUNT ? "+" : null}
    </td>
  );
}
