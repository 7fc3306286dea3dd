import { useTranslations } from "next-intl";
import { Button } from "@/app/_ui/button";
import { Link } from "@/app/_ui/link";
import { useMoneyFormatter } from "@/app/_ui/use-money-formatter";
import { moneyMinor } from "@/lib/schemas/bonus-price";
import type { OrderView } from "@/lib/schemas/order";

/** How the buyer returned from the payment page; null when they did not come from it. */
export type CheckoutOutcome = "done" | "cancelled" | null;

/** Actions of the buyer for an unpaid order: pay, try again or order again. */
export function PaymentActions({
  order,
  checkoutOutcome,
}: {
  order: OrderView;
  checkoutOutcome: CheckoutOutcome;
}) {
  const t = useTranslations("order");
  const money = useMoneyFormatter();
  const { status, checkoutUrl, productId } = order;
  if (order.viewedAs !== "buyer" || order.paidAt || (status !== "pending" && status !== "failed"))
    return null;
  const isConfirming = status === "pending" && checkoutOutcome === "done";
  return (
    <div className="mt-6 flex flex-wrap gap-3">
      {checkoutUrl ? (
        <Button asChild size="large" look={isConfirming ? "quiet" : "primary"}>
          <a href={checkoutUrl}>
            {isConfirming
              ? t("toCheckout")
              : t(status === "failed" ? "payAgain" : "pay", {
                  amount: money({ amountMinor: moneyMinor(order), currency: order.currency }),
                })}
          </a>
        </Button>
      ) : productId && !isConfirming ? (
        <Button asChild size="large">
          <Link href={`/shop/${productId}`}>{t("orderAgain")}</Link>
        </Button>
      ) : null}
    </div>
  );
}
