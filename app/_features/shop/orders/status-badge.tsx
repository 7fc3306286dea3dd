import { useTranslations } from "next-intl";
import { cn } from "@/app/_ui/cn";
import type { OrderView } from "@/lib/schemas/order";

const STATUS_CLASSES: Record<OrderView["status"], string> = {
  pending: "border-line-strong text-muted",
  paid: "border-money text-money",
  delivered: "border-transparent bg-ink/9 text-ink",
  refunded: "border-line text-muted",
  failed: "border-danger/60 text-danger",
};

export function StatusBadge({ status }: { status: OrderView["status"] }) {
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
