import { useFormatter, useTranslations } from "next-intl";
import { cn } from "@/app/_ui/cn";
import { RelativeTime } from "@/app/_ui/relative-time";
import type { QueueOverview } from "@/lib/tasks";

type State = keyof QueueOverview["counts"];

/** On a phone what waits is one number, and the oldest stands under its queue's name. */
const WIDE_ONLY = "max-sm:hidden";

/** What lies where. */
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
            <Head state="pending" />
            <Head state="published" wide />
            <Head state="running" />
            <Head state="dead" />
            <Head state="done" />
            <Head state="cancelled" wide />
            <th scope="col" className={cn("py-2 pl-4 font-medium", WIDE_ONLY)}>
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

function Head({ state, wide = false }: { state: State; wide?: boolean }) {
  const t = useTranslations("taskConsole");
  return (
    <th scope="col" className={cn("px-1 py-2 font-medium sm:px-3", wide && WIDE_ONLY)}>
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
      <th scope="row" className="py-3 pr-2 text-left font-semibold [overflow-wrap:anywhere]">
        {queue}
        <span className="block text-xs font-normal text-muted sm:hidden">
          {oldestWaitingAt || !available ? oldest : null}
        </span>
      </th>
      <Count value={counts.pending + counts.published} className="sm:hidden" />
      <Count value={counts.pending} className={WIDE_ONLY} />
      <Count value={counts.published} className={WIDE_ONLY} />
      <Count value={counts.running} lit="text-accent-text font-semibold" />
      <Count value={counts.dead} lit="text-danger font-semibold" />
      <Count value={counts.done} />
      <Count value={counts.cancelled} className={WIDE_ONLY} />
      <td className={cn("py-3 pl-4 text-muted", WIDE_ONLY)}>{oldest}</td>
    </tr>
  );
}

function Count({ value, lit, className }: { value: number; lit?: string; className?: string }) {
  const format = useFormatter();
  return (
    <td className={cn("tabular px-1 py-3 sm:px-3", value === 0 ? "text-faint" : lit, className)}>
      {format.number(value)}
    </td>
  );
}
