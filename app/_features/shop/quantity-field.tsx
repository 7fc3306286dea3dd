"use client";

import { Minus, Plus } from "lucide-react";
import { useTranslations } from "next-intl";
import { useId, useState } from "react";
import { Button } from "@/app/_ui/button";

interface Props {
  value: number;
  max: number;
  error: string | undefined;
  onChange: (value: number) => void;
}

/** A number field between two buttons. */
export function QuantityField({ value, max, error, onChange }: Props) {
  const t = useTranslations("shop");
  const id = useId();
  // The field may be empty while the user types.
  const [typed, setTyped] = useState<string | null>(null);
  const setQuantity = (next: number) => {
    setTyped(null);
    onChange(Math.min(Math.max(Math.trunc(next) || 1, 1), max));
  };
  return (
    <div>
      <label htmlFor={id} className="sr-only">
        {t("quantity")}
      </label>
      <div className="inline-flex items-center rounded-full border border-line-strong bg-ground/70">
        <Button
          look="plain"
          size="icon"
          aria-label={t("fewer")}
          aria-disabled={value <= 1}
          onClick={() => setQuantity(value - 1)}
          className="size-12"
        >
          <Minus className="size-4" aria-hidden="true" />
        </Button>
        <input
          id={id}
          name="quantity"
          type="number"
          inputMode="numeric"
          min={1}
          max={max}
          value={typed ?? value}
          aria-invalid={error ? true : undefined}
          aria-describedby={error ? `${id}-error` : undefined}
          onChange={(event) =>
            event.target.value === "" ? setTyped("") : setQuantity(event.target.valueAsNumber)
          }
          onBlur={() => setTyped(null)}
          onFocus={(event) => event.target.select()}
          className="tabular h-12 w-12 rounded-md bg-transparent text-center text-lg font-semibold [appearance:textfield] [&::-webkit-inner-spin-button]:appearance-none"
        />
        <Button
          look="plain"
          size="icon"
          aria-label={t("moreOf")}
          aria-disabled={value >= max}
          onClick={() => setQuantity(value + 1)}
          className="size-12"
        >
          <Plus className="size-4" aria-hidden="true" />
        </Button>
      </div>
      {error ? (
        <p id={`${id}-error`} role="alert" className="mt-1.5 animate-settle text-xs font-medium text-danger">
          {error}
        </p>
      ) : null}
    </div>
  );
}
