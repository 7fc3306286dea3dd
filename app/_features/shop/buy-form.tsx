"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useEffect, useState } from "react";
import { FailureNote } from "@/app/_ui/failure-note";
import { SubmitButton } from "@/app/_ui/forms/submit-button";
import { useMoney } from "@/app/_ui/use-money-formatter";
import { QuantityField } from "./quantity-field";
import type { ProductItem } from "./shop-api";
import { SignInAgain } from "./sign-in-again-note";
import { useBuying } from "./use-place-order";

interface Props {
  product: ProductItem;
  /** Of it in one order, at most. */
  most: number;
}

/** How many, how much that is, and the way to the payment page. */
export function BuyForm({ product, most }: Props) {
  const t = useTranslations("shop");
  const money = useMoney();
  const router = useRouter();
  const [wanted, setWanted] = useState(1);
  const { buy, busy, failure } = useBuying(product.id);
  // others buy too: what is left now is what can be asked for
  const quantity = Math.min(wanted, most);
  const quantityError = failure?.details.find(({ path }) => path === "quantity")?.message;
  const changed = failure?.code === "conflict" || failure?.code === "not_found";

  // The page is older than what the answer knows: somebody was faster.
  useEffect(() => {
    if (changed) router.refresh();
  }, [changed, router]);

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void buy(quantity);
      }}
      className="flex flex-col gap-4"
    >
      <div className="flex flex-wrap items-center gap-3">
        <QuantityField value={quantity} most={most} error={quantityError} onChange={setWanted} />
        <SubmitButton
          busy={busy}
          idle={t("buy", {
            amount: money({ amountMinor: product.priceMinor * quantity, currency: product.currency }),
          })}
          working={t("buying")}
          className="grow sm:grow-0"
        />
      </div>
      {failure && !quantityError ? <FailureNote failure={failure} /> : null}
      {failure?.code === "unauthenticated" ? <SignInAgain next={`/shop/${product.id}`} /> : null}
      <p className="text-sm text-muted">{t("payNote")}</p>
    </form>
  );
}
