import { useFormatter, useTranslations } from "next-intl";
import type { OverviewRange, Traffic } from "@/lib/ops";

const BAR_PITCH = 10;
const BAR_GAP = 2;
const CHART_HEIGHT = 100;
/** Keeps one error visible beside a million requests. */
const MIN_BAR_HEIGHT = 2;

/**
 * Requests over time with the failed ones at the foot of each bar, as a picture of our own: 30 rectangles need no library.
 * Screen readers get a sentence, and the numbers as a table.
 */
export function TrafficChart({ bars, range }: { bars: Traffic["bars"]; range: OverviewRange }) {
  const t = useTranslations("overviewConsole");
  const format = useFormatter();
  const max = Math.max(1, ...bars.map(({ requests }) => requests));
  const sum = (key: "requests" | "errors") => bars.reduce((total, bar) => total + bar[key], 0);
  const formatTime = (at: string) =>
    format.dateTime(
      new Date(at),
      range === "week"
        ? { weekday: "short", day: "numeric", hour: "2-digit", minute: "2-digit" }
        : { hour: "2-digit", minute: "2-digit" },
    );
  const height = (value: number) =>
    value === 0 ? 0 : Math.max(MIN_BAR_HEIGHT, (value / max) * CHART_HEIGHT);
  return (
    <figure className="mt-12">
      <figcaption className="display text-2xl">{t("chart")}</figcaption>
      <div className="mt-5 rounded-2xl border border-line bg-raised/70 p-5">
        <p aria-hidden="true" className="tabular text-xs text-faint">
          {format.number(Math.max(...bars.map(({ requests }) => requests)))}
        </p>
        <svg
          role="img"
          aria-label={t("chartLabel", {
            requests: format.number(sum("requests")),
            errors: format.number(sum("errors")),
          })}
          viewBox={`0 0 ${String(bars.length * BAR_PITCH)} ${String(CHART_HEIGHT)}`}
          preserveAspectRatio="none"
          className="mt-1 block h-40 w-full border-b border-line"
        >
          {bars.map(({ at, requests, errors }, index) => (
            <g key={at}>
              <rect
                x={index * BAR_PITCH + BAR_GAP / 2}
                y={CHART_HEIGHT - height(requests)}
                width={BAR_PITCH - BAR_GAP}
                height={height(requests)}
                className="fill-ink/40"
              />
              <rect
                x={index * BAR_PITCH + BAR_GAP / 2}
                y={CHART_HEIGHT - height(errors)}
                width={BAR_PITCH - BAR_GAP}
                height={height(errors)}
                className="fill-danger"
              />
            </g>
          ))}
        </svg>
        <p aria-hidden="true" className="tabular mt-2 flex justify-between text-xs text-faint">
          <span>{formatTime(bars[0]?.at ?? "")}</span>
          <span>{formatTime(bars.at(-1)?.at ?? "")}</span>
        </p>
      </div>
      <details className="mt-3 text-sm">
        <summary className="w-max py-3 text-muted underline underline-offset-4">{t("table")}</summary>
        <table className="mt-2 w-full max-w-md">
          <thead>
            <tr className="border-b border-line text-right text-xs text-muted">
              <th scope="col" className="py-2 text-left font-medium">
                {t("from")}
              </th>
              <th scope="col" className="py-2 font-medium">
                {t("requests")}
              </th>
              <th scope="col" className="py-2 font-medium">
                {t("errors")}
              </th>
            </tr>
          </thead>
          <tbody>
            {bars.map(({ at, requests, errors }) => (
              <tr key={at} className="border-b border-line text-right">
                <th scope="row" className="py-1.5 text-left font-normal">
                  {formatTime(at)}
                </th>
                <td className="tabular py-1.5">{format.number(requests)}</td>
                <td className="tabular py-1.5">{format.number(errors)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}
