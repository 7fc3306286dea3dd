import { useFormatter, useTranslations } from "next-intl";
import { useDayFormatter } from "@/app/_ui/use-day-formatter";
import { useMoneyFormatter } from "@/app/_ui/use-money-formatter";
import type { OwnNumbers } from "@/lib/schemas/own-numbers";
import { sumSales } from "./sum-sales";

/** What the charts draw, newest day first: for screen readers, and for who wants to know exactly. */
export function NumbersTable({ items }: OwnNumbers) {
  const t = useTranslations("numbers");
  const format = useFormatter();
  const formatDay = useDayFormatter();
  const money = useMoneyFormatter();
  return (
    <details className="mt-8 text-sm">
      <summary className="w-max py-3 text-muted underline underline-offset-4">{t("table")}</summary>
      <table className="mt-2 w-full max-w-2xl">
        <thead>
          <tr className="border-b border-line text-right text-xs text-muted">
            <th scope="col" className="py-2 text-left font-medium">
              {t("day")}
            </th>
            {(["plays", "views", "sales"] as const).map((key) => (
              <th key={key} scope="col" className="py-2 pl-3 font-medium">
                {t(key)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.toReversed().map(({ day, plays, views, sales }) => (
            <tr key={day} className="border-b border-line text-right align-top">
              <th scope="row" className="py-1.5 text-left font-normal">
                {formatDay(day)}
              </th>
              <td className="tabular py-1.5 pl-3">{format.number(plays)}</td>
              <td className="tabular py-1.5 pl-3">{format.number(views)}</td>
              <td className="tabular py-1.5 pl-3">
                {format.number(sales.reduce((total, { count }) => total + count, 0))}
                {sumSales([{ sales }]).map(({ currency, amountMinor }) => (
                  <span key={currency} className="block text-money">
                    {money({ currency, amountMinor })}
                  </span>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
