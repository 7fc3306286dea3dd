"use client";

import { useTranslations } from "next-intl";
import { useId } from "react";
import type { FieldProps } from "@/app/_ui/forms/use-form";
import { currencies } from "@/lib/schemas/currency";

export function CurrencyField({ name, value, onChange, onBlur }: FieldProps) {
  const t = useTranslations("newProduct");
  const id = useId();
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="text-sm font-semibold">
        {t("currencyLabel")}
      </label>
      <select
        id={id}
        name={name}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onBlur={onBlur}
        className="h-12 w-full rounded-xl border border-line-strong bg-ground px-3 text-ink transition-colors hover:border-muted focus:border-ink"
      >
        {currencies.map((currency) => (
          <option key={currency} value={currency}>
            {currency}
          </option>
        ))}
      </select>
    </div>
  );
}
