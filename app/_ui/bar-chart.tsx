import { useFormatter, useTranslations } from "next-intl";
import { Bars } from "./bars";

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
    <Bars
      label={label}
      max={max}
      zeroHeight={1}
      className={className}
      bars={values.map((value, index) => ({
        key: days[index] ?? "",
        parts: [
          {
            value,
            className: value === 0 ? "fill-ink/15" : index === maxIndex ? "fill-mark" : "fill-ink/40",
          },
        ],
      }))}
    />
  );
}
