"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { callApi } from "@/app/_data/call-api";
import { FailureNote } from "@/app/_ui/failure-note";
import { Field } from "@/app/_ui/forms/field";
import { SubmitButton } from "@/app/_ui/forms/submit-button";
import { useForm } from "@/app/_ui/forms/use-form";
import { Link } from "@/app/_ui/link";
import { useMoneyFormatter } from "@/app/_ui/use-money-formatter";
import { type Spend, type Spent, spendSchema } from "@/lib/schemas/bonus";
import { BONUS_PRICES } from "@/lib/schemas/bonus-price";
import { currencies } from "@/lib/schemas/currency";
import { parseBonusMinor, useBonusFormatter } from "./bonus-amount";

/** Spends bonuses and refreshes the page after success. */
export function SpendForm({ balance }: { balance: number }) {
  const t = useTranslations("bonuses");
  const formatBonuses = useBonusFormatter();
  const router = useRouter();
  const money = useMoneyFormatter();
  const prices = currencies
    .map((currency) => `${money({ amountMinor: 100, currency })} = ${String(BONUS_PRICES[currency])}`)
    .join(", ");
  const [spent, setSpent] = useState({ times: 0, amount: 0 });
  return (
    <section aria-labelledby="spend">
      <h2 id="spend" className="display text-2xl">
        {t("spend")}
      </h2>
      <p className="mt-2 text-sm text-muted">
        {t.rich("spendText", {
          link: (chunks) => (
            <Link href="/shop" className="text-ink underline underline-offset-4">
              {chunks}
            </Link>
          ),
        })}
      </p>
      <p className="tabular mb-5 text-sm text-muted">{t("worth", { prices })}</p>
      {balance > 0 ? (
        <SpendFields
          key={spent.times}
          balance={balance}
          onSpent={(amount) => {
            setSpent(({ times }) => ({ times: times + 1, amount }));
            router.refresh();
          }}
        />
      ) : (
        <p className="rounded-2xl border border-dashed border-line-strong p-6 text-muted">
          {t(balance < 0 ? "belowZero" : "nothingToSpend")}
        </p>
      )}
      <p role="status" className="mt-3 min-h-6 text-sm text-muted">
        {spent.times > 0 ? (
          <span key={spent.times} className="block animate-settle">
            {t("spent", {
              amount: formatBonuses(spent.amount),
            })}
          </span>
        ) : null}
      </p>
    </section>
  );
}

function SpendFields({ balance, onSpent }: { balance: number; onSpent: (amount: number) => void }) {
  const t = useTranslations("bonuses");
  const formatBonuses = useBonusFormatter();
  const { formProps, field, failure, busy, values } = useForm({
    schema: spendSchema,
    initial: { amount: "", note: "" },
    toInput: (typed) => ({ amount: parseBonusMinor(typed.amount), note: typed.note.trim() || undefined }),
    send: (body: Spend) => callApi<Spent>("/api/bonuses/spend", { method: "POST", body, repeatable: true }),
    onSuccess: () => onSpent(parseBonusMinor(values.amount)),
  });
  return (
    <form {...formProps} className="flex flex-col gap-1.5">
      <Field
        {...field("amount")}
        label={t("amountLabel")}
        hint={t("amountHint", {
          balance: formatBonuses(balance),
        })}
        inputMode="decimal"
        autoComplete="off"
        required
        className="tabular h-14 font-display text-xl font-semibold"
      />
      <Field {...field("note")} label={t("noteLabel")} autoComplete="off" maxLength={140} optional />
      {failure ? <FailureNote failure={failure} /> : null}
      <SubmitButton busy={busy} label={t("submit")} busyLabel={t("submitting")} className="mt-2 self-start" />
    </form>
  );
}
