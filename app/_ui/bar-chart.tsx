import { useFormatter, useTranslations } from "next-intl";
import { cn } from "./cn";

const BAR_PITCH = 10;
const BAR_GAP = 2;
const CHART_HEIGHT = 100;
/** Keeps a count of one visible beside a count of a million. */
const MIN_BAR_HEIGHT = 2;

interface Props {
  /** What is counted, such as “Plays”. */
  name: string;
  days: readonly string[];
  values: readonly number[];
  className?: string;
}

/** One bar per day, with the best day highlighted. Screen readers get a one-sentence summary. */
export function BarChart({ name, days, values, className }: Props) {
  const t = useTranslations("chart");
  const format = useFormatter();
  const max = Math.max(0, ...values);
  const maxIndex = values.indexOf(max);
  const label =
    max === 0
      ? t("none", { name })
      : t("summary", {
          name,
          total: format.number(values.reduce((total, value) => total + value, 0)),
          most: format.number(max),
          day: format.dateTime(new Date(`${days[maxIndex]}T00:00:00Z`), {
            day: "numeric",
            month: "long",
            timeZone: "UTC",
          }),
        });
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${String(values.length * BAR_PITCH)} ${String(CHART_HEIGHT)}`}
      preserveAspectRatio="none"
      className={cn("block w-full", className)}
    >
      {values.map((value, index) => {
        const height = value === 0 ? 1 : Math.max(MIN_BAR_HEIGHT, (value / max) * CHART_HEIGHT);
        return (
          <rect
            key={days[index]}
            x={index * BAR_PITCH + BAR_GAP / 2}
            y={CHART_HEIGHT - height}
            width={BAR_PITCH - BAR_GAP}
            height={height}
            className={value === 0 ? "fill-ink/15" : index === maxIndex ? "fill-mark" : "fill-ink/40"}
          />
        );
      })}
    </svg>
  );
}
