import { useFormatter } from "next-intl";
import { BarChart } from "@/app/_ui/bar-chart";
import { cn } from "@/app/_ui/cn";
import { useDayFormatter } from "@/app/_ui/use-day-formatter";

interface Props {
  /** What is counted. */
  name: string;
  title: string;
  days: readonly string[];
  values: readonly number[];
  className?: string | undefined;
}

/** One bar a day, with its highest value and its first and last day. The table below the charts has all numbers. */
export function DayChart({ name, title, days, values, className }: Props) {
  const format = useFormatter();
  const formatDay = useDayFormatter();
  return (
    <figure className={cn("min-w-0", className)}>
      <figcaption className="font-semibold">{title}</figcaption>
      <div className="mt-3 rounded-2xl border border-line bg-raised/70 p-4 sm:p-5">
        <p aria-hidden="true" className="tabular text-xs text-faint">
          {format.number(Math.max(...values))}
        </p>
        <BarChart
          name={name}
          days={days}
          values={values}
          className="mt-1 h-32 border-b border-line sm:h-40"
        />
        <p aria-hidden="true" className="tabular mt-2 flex justify-between gap-4 text-xs text-faint">
          <span>{formatDay(days[0] ?? "")}</span>
          <span>{formatDay(days.at(-1) ?? "")}</span>
        </p>
      </div>
    </figure>
  );
}
