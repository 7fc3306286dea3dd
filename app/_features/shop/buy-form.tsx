"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useEffect, useState } from "react";
import { refreshChangedPage } from "@/app/_data/refresh-changed-page";
import { FailureNote } from "@/app/_ui/failure-note";
import { SubmitButton } from "@/app/_ui/forms/submit-button";
import { useMoneyFormatter } from "@/app/_ui/use-money-formatter";
import { maxBonusPayment } from "@/lib/schemas/bonus-price";
import type { Product } from "@/lib/schemas/product";
import { BonusField } from "./bonus-field";
import { QuantityField } from "./quantity-field";
import { SignInAgainNote } from "./sign-in-again-note";
import { usePlaceOrder } from "./use-place-order";

interface Props {
  product: Product;
  /** Maximum quantity in one order; with 1 there is nothing to choose. */
  maxQuantity: number;
  /** The buyer's bonuses, in hundredths; zero when they are unknown. */
  bonusBalance: number;
}

/** Quantity, bonuses, what is left to pay, and the button that leads to the payment page. */
export function BuyForm({ product, maxQuantity, bonusBalance }: Props) {
  const t = useTranslations("shop");
  const money = useMoneyFormatter();
  const router = useRouter();
  const [selectedQuantity, setSelectedQuantity] = useState(1);
  const [selectedBonuses, setSelectedBonuses] = useState(0);
  const { buy, busy, failure } = usePlaceOrder(product.id);
  // The stock may have shrunk since the quantity was chosen.
  const quantity = Math.min(selectedQuantity, maxQuantity);
  const price = { amountMinor: product.priceMinor * quantity, currency: product.currency };
  // Fewer units cost less, bonuses pay at most a part of it, and some may have been spent since they were chosen.
  const bonuses = maxBonusPayment(Math.min(selectedBonuses, bonusBalance), price);
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
        void buy({ quantity, bonusAmount: bonuses.bonusAmount });
      }}
      className="flex flex-col gap-4"
    >
      <BonusField
        balance={bonusBalance}
        price={price}
        chosen={bonuses.bonusAmount}
        onChoose={setSelectedBonuses}
      />
      <div className="flex flex-wrap items-center gap-3">
        {maxQuantity > 1 ? (
          <QuantityField
            value={quantity}
            max={maxQuantity}
            error={quantityError}
            onChange={setSelectedQuantity}
          />
        ) : null}
        <SubmitButton
          busy={busy}
          label={t("buy", {
            amount: money({ ...price, amountMinor: price.amountMinor - bonuses.bonusMinor }),
          })}
          busyLabel={t("buying")}
          className="grow sm:grow-0"
        />
      </div>
      {failure && !(quantityError && maxQuantity > 1) ? <FailureNote failure={failure} /> : null}
      {failure?.code === "unauthenticated" ? <SignInAgainNote next={`/shop/${product.id}`} /> : null}
      <p className="text-sm text-muted">{t("payNote")}</p>
    </form>
  );
}
