import { useFormatter, useTranslations } from "next-intl";
import { BarChart } from "@/app/_ui/bar-chart";
import { ChartTable } from "@/app/_ui/chart-table";
import { useDayFormatter } from "@/app/_ui/use-day-formatter";
import type { EventReport } from "@/lib/analytics";

/** All events, one bar per day. */
export function EventsByDay({ days, totals }: Pick<EventReport, "days" | "totals">) {
  const t = useTranslations("analyticsConsole");
  const format = useFormatter();
  const formatDay = useDayFormatter();
  return (
    <figure className="mt-12">
      <figcaption className="display text-2xl">{t("byDay")}</figcaption>
      <div className="mt-5 rounded-2xl border border-line bg-raised/70 p-5">
        <p aria-hidden="true" className="tabular text-xs text-faint">
          {format.number(Math.max(...totals))}
        </p>
        <BarChart name={t("all")} days={days} values={totals} className="mt-1 h-44 border-b border-line" />
        <p aria-hidden="true" className="tabular mt-2 flex justify-between text-xs text-faint">
          <span>{formatDay(days[0] ?? "")}</span>
          <span>{formatDay(days.at(-1) ?? "")}</span>
        </p>
      </div>
      <ChartTable
        label={t("table")}
        className="max-w-sm"
        columns={[{ heading: t("day") }, { heading: t("events") }]}
        rows={days.map((day, index) => ({
          key: day,
          cells: [formatDay(day, "long"), format.number(totals[index] ?? 0)],
        }))}
      />
    </figure>
  );
}

/** One row per event, the most frequent first. */
export function EventTable({
  days,
  series,
  total,
}: Pick<EventReport, "days" | "series"> & { total: number }) {
  const t = useTranslations("analyticsConsole");
  const format = useFormatter();
  return (
    <section className="mt-12" aria-labelledby="events">
      <h2 id="events" className="display text-2xl">
        {t("events")}
      </h2>
      <table className="mt-4 w-full text-sm">
        <thead>
          <tr className="border-b border-line text-right text-xs text-muted">
            <th scope="col" className="py-2 pr-3 text-left font-medium">
              {t("event")}
            </th>
            <th scope="col" className="px-2 py-2 font-medium">
              {t("count")}
            </th>
            <th scope="col" className="px-2 py-2 font-medium max-sm:hidden">
              {t("share")}
            </th>
            <th scope="col" className="w-1/4 py-2 pl-4 text-left font-medium sm:w-2/5">
              {t("trend")}
            </th>
          </tr>
        </thead>
        <tbody>
          {series.map(({ name, total: eventTotal, byDay }) => (
            <tr key={name ?? ""} className="border-b border-line text-right">
              <th scope="row" className="py-3 pr-3 text-left font-semibold [overflow-wrap:anywhere]">
                {name ?? <span className="font-normal text-muted">{t("others")}</span>}
              </th>
              <td className="tabular px-2 py-3">{format.number(eventTotal)}</td>
              <td className="tabular px-2 py-3 text-muted max-sm:hidden">
                {format.number(eventTotal / total, { style: "percent", maximumFractionDigits: 1 })}
              </td>
              <td className="py-2 pl-4">
                <BarChart name={name ?? t("others")} days={days} values={byDay} className="h-8" />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
