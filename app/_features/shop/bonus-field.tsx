"use client";

import { useTranslations } from "next-intl";
import { type CSSProperties, useId } from "react";
import { useMoneyFormatter } from "@/app/_ui/use-money-formatter";
import { maxBonusMinor, maxBonusPayment, payWithBonuses } from "@/lib/schemas/bonus-price";
import { toBonuses, useBonusFormatter } from "../bonuses/bonus-amount";
import { bonusSteps } from "./bonus-steps";

interface Props {
  /** Hundredths of a bonus. */
  balance: number;
  price: { amountMinor: number; currency: string };
  /** Hundredths of a bonus that the buyer chose. */
  chosen: number;
  onChoose: (bonusAmount: number) => void;
}

/** How many bonuses pay a part of the price, and what is left to pay. Only for a buyer whose bonuses pay something. */
export function BonusField({ balance, price, chosen, onChoose }: Props) {
  const t = useTranslations("shop.bonus");
  const money = useMoneyFormatter();
  const formatBonuses = useBonusFormatter();
  const id = useId();
  const most = maxBonusPayment(balance, price);
  if (most.bonusMinor === 0) return null;
  const steps = bonusSteps(most);
  const index = steps.indexOf(chosen);
  const used = payWithBonuses(chosen, price.currency);
  const off = money({ amountMinor: used.bonusMinor, currency: price.currency });
  const rest = money({ amountMinor: price.amountMinor - used.bonusMinor, currency: price.currency });
  return (
    <div className="rounded-2xl border border-line bg-ground/60 px-4 pt-3 pb-4">
      <div className="flex items-baseline justify-between gap-4">
        <label htmlFor={id} className="font-semibold">
          {t("label")}
        </label>
        <span aria-hidden="true" className="tabular shrink-0 font-display font-semibold text-money">
          {used.bonusMinor === 0 ? off : `−${off}`}
        </span>
      </div>
      <input
        id={id}
        name="bonusAmount"
        type="range"
        min={0}
        max={steps.count}
        step={1}
        value={index}
        aria-valuetext={
          used.bonusAmount === 0 ? t("none") : t("value", { count: toBonuses(used.bonusAmount), off })
        }
        aria-describedby={`${id}-rest`}
        onChange={({ currentTarget }) => onChoose(steps.at(Number(currentTarget.value)))}
        style={{ "--level": `${String((index / steps.count) * 100)}%` } as CSSProperties}
        className="bonus-slider w-full cursor-pointer"
      />
      <p id={`${id}-rest`} className="tabular flex flex-wrap justify-between gap-x-4 text-sm text-muted">
        <span>{t("used", { used: formatBonuses(used.bonusAmount), balance: formatBonuses(balance) })}</span>
        <span className="font-semibold text-ink">{t("rest", { amount: rest })}</span>
      </p>
      {most.bonusMinor === maxBonusMinor(price.amountMinor) ? (
        <p className="mt-1 text-xs text-muted">{t("limit")}</p>
      ) : null}
    </div>
  );
}
