import { useTranslations } from "next-intl";
import { tintStyle } from "@/app/_features/posts/tint-style";
import { cn } from "@/app/_ui/cn";
import { Link } from "@/app/_ui/link";
import { PersonLink } from "@/app/_ui/person-link";
import { RelativeTime } from "@/app/_ui/relative-time";
import { useMoneyFormatter } from "@/app/_ui/use-money-formatter";
import { moneyMinor } from "@/lib/schemas/bonus-price";
import type { OrderSummary } from "@/lib/schemas/order";
import { ProductArtFrame } from "../product-art-frame";

interface Props {
  order: OrderSummary;
  renderedAt: number;
}

/** One order in the list; the whole row leads to its page. */
export function OrderRow({ order, renderedAt }: Props) {
  const t = useTranslations("orders");
  const money = useMoneyFormatter();
  const { amountMinor, currency, refundedMinor } = order;
  const isSale = order.buyerName !== null;
  const counterparty = isSale ? order.buyerName : order.sellerName;
  return (
    <article
      style={tintStyle(order.productId ?? order.id)}
      className="tinted group/card relative -mx-3 grid grid-cols-[4.5rem_minmax(0,1fr)] items-center gap-x-4 rounded-2xl p-3 transition-colors hover:bg-tint-strong sm:grid-cols-[5.5rem_minmax(0,1fr)_auto] sm:gap-x-6"
    >
      <ProductArtFrame
        id={order.productId ?? order.id}
        transitionId={order.id}
        kind={order.kind}
        unavailable={order.status === "failed" || order.status === "refunded"}
        className="aspect-square w-full rounded-xl"
      />
      <div className="min-w-0">
        <h2 className="display line-clamp-2 text-[clamp(0.95rem,2.4vw,1.2rem)] font-semibold">
          <Link href={`/orders/${order.id}`} className="stretched">
            <bdi>{order.title}</bdi>
          </Link>
        </h2>
        <p className="mt-1 flex min-w-0 flex-wrap items-baseline gap-x-2 text-sm text-muted">
          {counterparty ? (
            <PersonLink
              name={counterparty}
              handle={isSale ? order.buyerHandle : order.sellerHandle}
              className="max-w-full truncate font-medium text-ink"
            />
          ) : null}
          {order.quantity > 1 ? (
            <span className="tabular">{t("pieces", { count: order.quantity })}</span>
          ) : null}
          <RelativeTime at={order.createdAt} renderedAt={renderedAt} />
        </p>
      </div>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 max-sm:col-start-2 max-sm:mt-2 sm:flex-col sm:items-end">
        <span className="tabular font-display font-semibold text-money">
          {money({ amountMinor, currency })}
        </span>
        <StatusBadge status={order.status} />
        {refundedMinor > 0 && refundedMinor < moneyMinor(order) ? (
          <span className="text-xs text-muted">
            {t("partBack", { amount: money({ amountMinor: refundedMinor, currency }) })}
          </span>
        ) : null}
      </div>
    </article>
  );
}

const STATUS_CLASSES: Record<OrderSummary["status"], string> = {
  pending: "border-line-strong text-muted",
  paid: "border-money text-money",
  delivered: "border-transparent bg-ink/9 text-ink",
  refunded: "border-line text-muted",
  failed: "border-danger/60 text-danger",
};

function StatusBadge({ status }: { status: OrderSummary["status"] }) {
  const t = useTranslations("orders");
  return (
    <span
      className={cn(
        "inline-flex min-h-7 items-center rounded-full border px-3 text-xs font-semibold whitespace-nowrap",
        STATUS_CLASSES[status],
      )}
    >
      {t(`statuses.${status}`)}
    </span>
  );
}
