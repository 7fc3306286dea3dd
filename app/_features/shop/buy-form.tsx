"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useEffect, useState } from "react";
import { refreshChangedPage } from "@/app/_data/refresh-changed-page";
import { FailureNote } from "@/app/_ui/failure-note";
import { SubmitButton } from "@/app/_ui/forms/submit-button";
import { useMoneyFormatter } from "@/app/_ui/use-money-formatter";
import type { Product } from "@/lib/schemas/product";
import { QuantityField } from "./quantity-field";
import { SignInAgainNote } from "./sign-in-again-note";
import { usePlaceOrder } from "./use-place-order";

interface Props {
  product: Product;
  /** Maximum quantity in one order. */
  maxQuantity: number;
}

/** Quantity, total price and the button that leads to the payment page. */
export function BuyForm({ product, maxQuantity }: Props) {
  const t = useTranslations("shop");
  const money = useMoneyFormatter();
  const router = useRouter();
  const [selectedQuantity, setSelectedQuantity] = useState(1);
  const { buy, busy, failure } = usePlaceOrder(product.id);
  // The stock may have shrunk since the quantity was chosen.
  const quantity = Math.min(selectedQuantity, maxQuantity);
  const quantityError = failure?.details.find(({ path }) => path === "quantity")?.message;
  const isStale = failure?.code === "conflict" || failure?.code === "not_found";

  // The failure shows that the page is out of date: the product was sold or removed meanwhile.
  useEffect(() => {
    return isStale ? refreshChangedPage(router) : undefined;
  }, [isStale, router]);

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void buy(quantity);
      }}
      className="flex flex-col gap-4"
    >
      <div className="flex flex-wrap items-center gap-3">
        <QuantityField
          value={quantity}
          max={maxQuantity}
          error={quantityError}
          onChange={setSelectedQuantity}
        />
        <SubmitButton
          busy={busy}
          label={t("buy", {
            amount: money({ amountMinor: product.priceMinor * quantity, currency: product.currency }),
          })}
          busyLabel={t("buying")}
          className="grow sm:grow-0"
        />
      </div>
      {failure && !quantityError ? <FailureNote failure={failure} /> : null}
      {failure?.code === "unauthenticated" ? <SignInAgainNote next={`/shop/${product.id}`} /> : null}
      <p className="text-sm text-muted">{t("payNote")}</p>
    </form>
  );
}
