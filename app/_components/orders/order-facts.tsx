import Link from "next/link";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import type { OrderItem } from "@/app/_client/orders";
import { useMoney } from "../ui/money";

/** What was bought, from whom, for how much, and what of it went back. */
export function OrderFacts({ order }: { order: OrderItem }) {
  const t = useTranslations("order");
  const money = useMoney();
  const { currency, quantity } = order;
  const amount = (amountMinor: number) => money({ amountMinor, currency });
  return (
    <dl className="grid gap-px overflow-hidden rounded-2xl border border-line bg-line sm:grid-cols-2">
      <Fact name={t("what")}>
        {order.productId ? (
          <Link
            href={`/shop/${order.productId}`}
            prefetch={false}
            className="underline decoration-line-strong underline-offset-4 hover:decoration-ink"
          >
            {order.title}
          </Link>
        ) : (
          order.title
        )}
      </Fact>
      <Fact name={t("amount")}>
        <span className="tabular text-money">{amount(order.amountMinor)}</span>
        {quantity > 1 ? (
          <span className="tabular font-normal text-muted">
            {" "}
            {quantity} × {amount(order.unitPriceMinor)}
          </span>
        ) : null}
      </Fact>
      {order.viewedAs === "seller" ? null : <Fact name={t("seller")}>{order.sellerName ?? t("nobody")}</Fact>}
      {order.viewedAs === "buyer" ? null : <Fact name={t("buyer")}>{order.buyerName ?? t("nobody")}</Fact>}
      {order.refundedMinor > 0 ? (
        <Fact name={t("back")}>
          <span className="tabular">{amount(order.refundedMinor)}</span>
        </Fact>
      ) : null}
      <Fact name={t("number")}>
        <span className="tabular text-sm font-normal break-all">{order.id}</span>
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="min-w-0 bg-ground/90 px-5 py-4 last:odd:col-span-full">
      <dt className="text-xs text-muted">{name}</dt>
      <dd className="mt-1 font-semibold [overflow-wrap:anywhere]">{children}</dd>
    </div>
  );
}
