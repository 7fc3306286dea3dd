"use client";

import { useTranslations } from "next-intl";
import { WriteButton } from "@/app/_features/contacts/write-button";
import { FailureNote } from "@/app/_ui/failure-note";
import { moneyMinor } from "@/lib/schemas/bonus-price";
import type { OrderView } from "@/lib/schemas/order";
import { isSold } from "@/lib/schemas/order-status";
import { isUnfinishedState } from "@/lib/schemas/task-state";
import { SignInAgainNote } from "../sign-in-again-note";
import { counterpartOf } from "./counterpart-of";
import { DeliveryCard } from "./delivery-card";
import { OrderFacts } from "./order-facts";
import { OrderSteps } from "./order-steps";
import { type CheckoutOutcome, PaymentActions } from "./payment-actions";
import { RefundForm } from "./refund-form";
import { isUnfinished, useLiveOrder } from "./use-live-order";
import { useOrderHeadline } from "./use-order-headline";

interface Props {
  initialOrder: OrderView;
  checkoutOutcome: CheckoutOutcome;
  renderedAt: number;
  /** Whether the viewer may write to the other party. */
  canWrite: boolean;
}

/** The live part of the order page: status and deliveries update without a reload. */
export function LiveOrder({ initialOrder, checkoutOutcome, renderedAt, canWrite }: Props) {
  const t = useTranslations("order");
  const { order, setOrder, failure } = useLiveOrder(initialOrder);
  const headline = useOrderHeadline(order, checkoutOutcome);
  const { deliveries, tasks } = order;
  const counterpart = counterpartOf(order);
  const refundPending = tasks.some(({ queue, state }) => queue === "payments" && isUnfinishedState(state));
  const mayRefund =
    order.viewedAs !== "buyer" && isSold(order.status) && order.refundedMinor < moneyMinor(order);
  return (
    <div className="flex min-w-0 flex-col">
      <p className="text-sm font-semibold text-tint-text">{t(`sides.${order.viewedAs}`)}</p>
      <div role="status">
        <h1 className="display mt-2 text-[clamp(2rem,5.4vw,3.5rem)]">{headline.title}</h1>
        <p className="mt-4 max-w-[54ch] text-muted sm:text-lg">{headline.text}</p>
      </div>
      <PaymentActions order={order} checkoutOutcome={checkoutOutcome} />
      {deliveries.length > 0 ? (
        <section aria-labelledby="goods" className="mt-8">
          <h2 id="goods" className="sr-only">
            {t("goods")}
          </h2>
          <ul className="flex flex-col gap-3">
            {deliveries.map((delivery) => (
              <li key={delivery.id}>
                <DeliveryCard delivery={delivery} unitCount={deliveries.length} renderedAt={renderedAt} />
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      <div className="mt-10">
        <OrderSteps order={order} renderedAt={renderedAt} />
        {isUnfinished(order) ? (
          <noscript>
            <a href={`/orders/${order.id}`} className="mt-4 inline-block underline underline-offset-4">
              {t("reload")}
            </a>
          </noscript>
        ) : null}
        {failure ? (
          <div className="mt-4">
            <FailureNote failure={failure} />
            {failure.code === "unauthenticated" ? (
              <div className="mt-2">
                <SignInAgainNote next={`/orders/${order.id}`} />
              </div>
            ) : (
              <p className="mt-2 text-sm text-muted">{t("stillTrying")}</p>
            )}
          </div>
        ) : null}
      </div>
      <div className="mt-10">
        <OrderFacts order={order} />
      </div>
      {canWrite && counterpart ? (
        <div className="mt-4 flex flex-wrap items-center gap-2">
          <WriteButton personId={counterpart.id} as={counterpart.as} />
        </div>
      ) : null}
      {mayRefund ? (
        <div className="mt-6">
          {refundPending ? (
            <p role="status" className="text-sm text-muted">
              {t("refundPending")}
            </p>
          ) : (
            <RefundForm
              order={order}
              onAccepted={(task) => setOrder({ ...order, tasks: [...tasks, task] })}
            />
          )}
        </div>
      ) : null}
    </div>
  );
}
