"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import type { ApiFailure } from "@/app/_ui/api-result";
import { Button } from "@/app/_ui/button";
import { FailureNote } from "@/app/_ui/failure-note";
import { Field } from "@/app/_ui/forms/field";
import { useMoneyFormatter } from "@/app/_ui/use-money-formatter";
import { moneyMinor } from "@/lib/schemas/bonus-price";
import type { OrderView } from "@/lib/schemas/order";
import { refundOrder } from "../orders-api";
import { parseAmountMinor } from "../parse-amount-minor";

interface Props {
  order: OrderView;
  onAccepted: (task: OrderView["tasks"][number]) => void;
}

/** Full or partial refund by the seller or an administrator; needs a second click to confirm. */
export function RefundForm({ order, onAccepted }: Props) {
  const t = useTranslations("order");
  const money = useMoneyFormatter();
  const refundableMinor = moneyMinor(order) - order.refundedMinor;
  const [isOpen, setIsOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const [error, setError] = useState<string>();
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [busy, setBusy] = useState(false);

  const send = async () => {
    const amountMinor = parseAmountMinor(typed);
    setFailure(null);
    if (!(amountMinor >= 1 && amountMinor <= refundableMinor)) {
      return setError(
        t("refundError", { most: money({ amountMinor: refundableMinor, currency: order.currency }) }),
      );
    }
    setError(undefined);
    setBusy(true);
    // No amount means the whole rest, which stays right if a part was refunded meanwhile.
    const result = await refundOrder(order.id, amountMinor === refundableMinor ? {} : { amountMinor });
    setBusy(false);
    if (result.ok) {
      setIsOpen(false);
      return onAccepted(result.data.task);
    }
    const amountError = result.failure.details.find(({ path }) => path === "amountMinor");
    if (amountError) setError(amountError.message);
    else setFailure(result.failure);
  };

  if (!isOpen) {
    return (
      <Button
        look="quiet"
        onClick={() => {
          setTyped((refundableMinor / 100).toFixed(2));
          setIsOpen(true);
        }}
      >
        {t("refund")}
      </Button>
    );
  }
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void send();
      }}
      className="flex w-full max-w-md animate-settle flex-col gap-2 rounded-2xl border border-line p-5"
    >
      <Field
        name="amountMinor"
        value={typed}
        error={error}
        onChange={setTyped}
        onBlur={() => undefined}
        label={t("refundAmount", { currency: order.currency })}
        hint={t(order.bonusMinor > 0 ? "refundHintBonuses" : "refundHint")}
        inputMode="decimal"
        autoComplete="off"
        autoFocus
      />
      {failure ? <FailureNote failure={failure} /> : null}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" look="danger" aria-disabled={busy}>
          <span aria-live="polite">{t(busy ? "refunding" : "refundYes")}</span>
        </Button>
        <Button look="plain" onClick={() => setIsOpen(false)}>
          {t("refundNo")}
        </Button>
      </div>
    </form>
  );
}
