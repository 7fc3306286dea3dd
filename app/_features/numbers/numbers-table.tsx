import { useFormatter, useTranslations } from "next-intl";
import { ChartTable } from "@/app/_ui/chart-table";
import { useDayFormatter } from "@/app/_ui/use-day-formatter";
import { useMoneyFormatter } from "@/app/_ui/use-money-formatter";
import type { OwnNumbers } from "@/lib/schemas/own-numbers";
import { countSales, sumSales } from "./sum-sales";

/** What the charts draw, newest day first. */
export function NumbersTable({ items }: OwnNumbers) {
  const t = useTranslations("numbers");
  const format = useFormatter();
  const formatDay = useDayFormatter();
  const money = useMoneyFormatter();
  return (
    <ChartTable
      label={t("table")}
      className="max-w-2xl"
      columns={[
        { heading: t("day") },
        { heading: t("plays") },
        { heading: t("views") },
        { heading: t("sales") },
      ]}
      rows={items.toReversed().map(({ day, plays, views, sales }) => ({
        key: day,
        cells: [
          formatDay(day),
          format.number(plays),
          format.number(views),
          <span key="sales">
            {format.number(countSales(sales))}
            {sumSales([{ sales }]).map(({ currency, amountMinor }) => (
              <span key={currency} className="block text-money">
                {money({ currency, amountMinor })}
              </span>
            ))}
          </span>,
        ],
      }))}
    />
  );
}
