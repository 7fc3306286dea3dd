import { useFormatter, useTranslations } from "next-intl";
import { cn } from "@/app/_ui/cn";

const BAR = 10;
const GAP = 2;
const HEIGHT = 100;
/** Something that happened once must be seen beside something that happened a million times. */
const LEAST = 2;

interface Props {
  /** What is counted. */
  name: string;
  days: readonly string[];
  values: readonly number[];
  className?: string;
}

/** A bar a day; the best day is lit. What it shows is said in one sentence to those who do not see it. */
export function BarChart({ name, days, values, className }: Props) {
  const t = useTranslations("analyticsConsole");
  const format = useFormatter();
  const most = Math.max(0, ...values);
  const best = values.indexOf(most);
  const label =
    most === 0
      ? t("chartNone", { name })
      : t("chart", {
          name,
          total: format.number(values.reduce((total, value) => total + value, 0)),
          most: format.number(most),
          day: format.dateTime(new Date(`${days[best]}T00:00:00Z`), {
            day: "numeric",
            month: "long",
            timeZone: "UTC",
          }),
        });
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${String(values.length * BAR)} ${String(HEIGHT)}`}
      preserveAspectRatio="none"
      className={cn("block w-full", className)}
    >
      {values.map((value, index) => {
        const height = value === 0 ? 1 : Math.max(LEAST, (value / most) * HEIGHT);
        return (
          <rect
            key={days[index]}
            x={index * BAR + GAP / 2}
            y={HEIGHT - height}
            width={BAR - GAP}
            height={height}
            className={value === 0 ? "fill-ink/15" : index === best ? "fill-mark" : "fill-ink/40"}
          />
        );
      })}
    </svg>
  );
}
