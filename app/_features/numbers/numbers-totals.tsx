import { useFormatter, useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { cn } from "@/app/_ui/cn";
import { useMoneyFormatter } from "@/app/_ui/use-money-formatter";
import type { OwnNumbers } from "@/lib/schemas/own-numbers";
import { countSales, sumSales } from "./sum-sales";

/** The sums of the period. */
export function NumbersTotals({ items }: OwnNumbers) {
  const t = useTranslations("numbers");
  const format = useFormatter();
  const money = useMoneyFormatter();
  const sum = (key: "views" | "plays") => items.reduce((total, item) => total + item[key], 0);
  const sales = sumSales(items);
  return (
    <section aria-label={t("totals")} className="mt-8">
      <dl className="grid grid-cols-2 gap-3 lg:grid-cols-4">
        <Total name={t("plays")}>{format.number(sum("plays"))}</Total>
        <Total name={t("views")}>{format.number(sum("views"))}</Total>
        <Total name={t("sales")}>{format.number(countSales(sales))}</Total>
        <Total name={t("earned")} hint={t("earnedNote")} className="text-money">
          {sales.length === 0 ? <span className="text-base text-faint">{t("nothing")}</span> : null}
          {sales.map(({ currency, amountMinor }) => (
            <span key={currency} className="block">
              {money({ currency, amountMinor })}
            </span>
          ))}
        </Total>
      </dl>
    </section>
  );
}

interface TotalProps {
  name: string;
  hint?: string;
  className?: string;
  children: ReactNode;
}

function Total({ name, hint, className, children }: TotalProps) {
  return (
    <div className="flex min-w-0 flex-col-reverse justify-between gap-4 rounded-2xl border border-line bg-raised/70 p-4 sm:p-5">
      <dt className="text-sm text-muted">
        {name}
        {hint ? <span className="block text-xs text-faint">{hint}</span> : null}
      </dt>
      <dd
        className={cn(
          "display tabular text-[clamp(1.25rem,3.4vw,2.25rem)] [overflow-wrap:anywhere]",
          className,
        )}
      >
        {children}
      </dd>
    </div>
  );
}
