import { scaleLinear } from "d3-scale";
import { useFormatter, useTranslations } from "next-intl";
import { Bars } from "@/app/_ui/bars";
import { ChartTable } from "@/app/_ui/chart-table";
import type { OverviewRange, Traffic } from "@/lib/ops";

/** Lines across the chart, about. */
const LINES = 3;

/**
 * Requests over time with the failed ones at the foot of each bar, rendered on the server. Screen readers get a sentence,
 * and the numbers as a table.
 */
export function TrafficChart({ bars, range }: { bars: Traffic["bars"]; range: OverviewRange }) {
  const t = useTranslations("overviewConsole");
  const format = useFormatter();
  const axis = scaleLinear()
    .domain([0, Math.max(LINES, ...bars.map(({ requests }) => requests))])
    .nice(LINES);
  const [, max = LINES] = axis.domain();
  const lines = axis.ticks(LINES);
  const sum = (key: "requests" | "errors") => bars.reduce((total, bar) => total + bar[key], 0);
  const formatTime = (at: string) =>
    format.dateTime(
      new Date(at),
      range === "week"
        ? { weekday: "short", day: "numeric", hour: "2-digit", minute: "2-digit" }
        : { hour: "2-digit", minute: "2-digit" },
    );
  return (
    <figure className="mt-12">
      <figcaption className="display text-2xl">{t("chart")}</figcaption>
      <div className="mt-5 rounded-2xl border border-line bg-raised/70 p-5">
        <div className="flex gap-3">
          <p aria-hidden="true" className="tabular relative h-40 w-max text-right text-xs text-faint">
            <span className="invisible">{format.number(max)}</span>
            {lines.map((value) => (
              <span
                key={value}
                style={{ bottom: `${String((value / max) * 100)}%` }}
                className="absolute right-0 translate-y-1/2 leading-none"
              >
                {format.number(value)}
              </span>
            ))}
          </p>
          <Bars
            label={t("chartLabel", {
              requests: format.number(sum("requests")),
              errors: format.number(sum("errors")),
            })}
            max={max}
            lines={lines}
            className="h-40 min-w-0 flex-1"
            bars={bars.map(({ at, requests, errors }) => ({
              key: at,
              parts: [
                { value: requests, className: "fill-ink/40" },
                { value: errors, className: "fill-danger" },
              ],
            }))}
          />
        </div>
        <p aria-hidden="true" className="tabular mt-3 flex justify-between gap-4 text-xs text-faint">
          {[0, Math.floor(bars.length / 2), bars.length - 1].map((index) => (
            <span key={index}>{formatTime(bars[index]?.at ?? "")}</span>
          ))}
        </p>
      </div>
      <ChartTable
        label={t("table")}
        className="max-w-md"
        columns={[{ heading: t("from") }, { heading: t("requests") }, { heading: t("errors") }]}
        rows={bars.map(({ at, requests, errors }) => ({
          key: at,
          cells: [formatTime(at), format.number(requests), format.number(errors)],
        }))}
      />
    </figure>
  );
}
