import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { toBonuses } from "@/app/_features/bonuses/bonus-amount";
import { cn } from "@/app/_ui/cn";
import { Link } from "@/app/_ui/link";
import { PersonLink } from "@/app/_ui/person-link";
import { useMoneyFormatter } from "@/app/_ui/use-money-formatter";
import { moneyMinor } from "@/lib/schemas/bonus-price";
import type { OrderView } from "@/lib/schemas/order";

/** Product, amount, seller or buyer, refunds and order number. */
export function OrderFacts({ order }: { order: OrderView }) {
  const t = useTranslations("order");
  const money = useMoneyFormatter();
  const { currency, quantity } = order;
  const amount = (amountMinor: number) => money({ amountMinor, currency });
  return (
    <dl className="flex flex-wrap gap-px overflow-hidden rounded-2xl border border-line bg-line">
      <Fact name={t("what")} wide>
        {order.productId ? (
          <Link
            href={`/shop/${order.productId}`}
            className="underline decoration-line-strong underline-offset-4 hover:decoration-ink"
          >
            <bdi>{order.title}</bdi>
          </Link>
        ) : (
          <bdi>{order.title}</bdi>
        )}
      </Fact>
      <Fact name={t("amount")}>
        <span className={cn("tabular", order.bonusMinor === 0 && "text-money")}>
          {amount(order.amountMinor)}
        </span>
        {quantity > 1 ? (
          <span className="tabular font-normal text-muted">
            {" "}
            {quantity} × {amount(order.unitPriceMinor)}
          </span>
        ) : null}
      </Fact>
      {order.bonusMinor > 0 ? (
        <>
          <Fact name={t("bonuses")}>
            <span className="tabular">−{amount(order.bonusMinor)}</span>
            <span className="tabular block text-sm font-normal text-muted">
              {" "}
              {t(order.bonusReturnedAt ? "bonusesReturned" : "bonusesTaken", {
                count: toBonuses(order.bonusAmount),
              })}
            </span>
          </Fact>
          <Fact name={t(order.paidAt ? "moneyPaid" : "moneyDue")}>
            <span className="tabular text-money">{amount(moneyMinor(order))}</span>
          </Fact>
        </>
      ) : null}
      {order.viewedAs === "seller" ? null : (
        <Fact name={t("seller")}>
          <PersonLink name={order.sellerName ?? t("deletedAccount")} handle={order.sellerHandle} />
        </Fact>
      )}
      {order.viewedAs === "buyer" ? null : (
        <Fact name={t("buyer")}>
          <PersonLink name={order.buyerName ?? t("deletedAccount")} handle={order.buyerHandle} />
        </Fact>
      )}
      {order.refundedMinor > 0 ? (
        <Fact name={t("back")}>
          <span className="tabular">{amount(order.refundedMinor)}</span>
        </Fact>
      ) : null}
      <Fact name={t("number")} wide>
        <span className="tabular text-sm font-normal break-all">{order.id}</span>
      </Fact>
    </dl>
  );
}

interface FactProps {
  name: string;
  /** Takes a full row. */
  wide?: boolean;
  children: ReactNode;
}

function Fact({ name, wide = false, children }: FactProps) {
  return (
    <div className={cn("min-w-0 grow bg-ground/90 px-5 py-4", wide ? "basis-full" : "basis-44")}>
      <dt className="text-xs text-muted">{name}</dt>
      <dd className="mt-1 font-semibold [overflow-wrap:anywhere]">{children}</dd>
    </div>
  );
}
