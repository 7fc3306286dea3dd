import { useTranslations } from "next-intl";
import { toBonuses } from "@/app/_features/bonuses/bonus-amount";
import { useMoneyFormatter } from "@/app/_ui/use-money-formatter";
import { moneyMinor } from "@/lib/schemas/bonus-price";
import type { OrderView } from "@/lib/schemas/order";
import type { CheckoutOutcome } from "./payment-actions";

/** Title and text for the current state of an order. */
export function useOrderHeadline(
  order: OrderView,
  checkoutOutcome: CheckoutOutcome,
): { title: string; text: string } {
  const t = useTranslations("order.headlines");
  const money = useMoneyFormatter();
  const amount = money({ amountMinor: moneyMinor(order), currency: order.currency });
  const isBuyer = order.viewedAs === "buyer";
  const withBonusesBack = (text: string) =>
    isBuyer && order.bonusReturnedAt !== null
      ? `${text} ${t("bonusesBack", { count: toBonuses(order.bonusAmount) })}`
      : text;
  switch (order.status) {
    case "pending":
      if (!isBuyer) return { title: t("pendingTitle"), text: t("pendingOther") };
      if (checkoutOutcome === "done") return { title: t("confirmingTitle"), text: t("confirmingText") };
      if (order.checkoutUrl === null) return { title: t("pendingTitle"), text: t("pendingNoCheckout") };
      return {
        title: t(checkoutOutcome === "cancelled" ? "cancelledTitle" : "pendingTitle"),
        text: t("pendingText", { amount }),
      };
    case "paid":
      return { title: t("paidTitle"), text: t(isBuyer ? `paid.${order.kind}` : "paidOther") };
    case "delivered":
      if (!isBuyer) return { title: t("soldTitle"), text: t("soldText", { amount }) };
      return {
        title: t(`delivered.${order.kind}`, { count: order.quantity }),
        text: t(`deliveredText.${order.kind}`, { count: order.quantity }),
      };
    case "refunded":
      return {
        title: t("refundedTitle"),
        text: withBonusesBack(t(isBuyer ? "refundedText" : "refundedOther", { amount })),
      };
    case "failed":
      if (order.paidAt) {
        const text = t(order.bonusMinor > 0 ? "tooLateBonusesText" : "tooLateText", { amount });
        return { title: t("tooLateTitle"), text: withBonusesBack(text) };
      }
      if (order.checkoutUrl) return { title: t("declinedTitle"), text: t("declinedText") };
      return { title: t("failedTitle"), text: withBonusesBack(t("failedText")) };
  }
}
