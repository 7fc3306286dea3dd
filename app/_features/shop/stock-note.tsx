import { useTranslations } from "next-intl";
import { cn } from "@/app/_ui/cn";

/** Stock from which the note is highlighted. */
const LOW_STOCK = 5;

/** The remaining stock; renders nothing for unlimited products. */
export function StockNote({ stock, className }: { stock: number | null; className?: string }) {
  const t = useTranslations("shop");
  if (stock === null) return null;
  return (
    <span
      className={cn(
        "tabular",
        stock > 0 && stock <= LOW_STOCK ? "font-semibold text-money" : "text-muted",
        className,
      )}
    >
      {stock === 0 ? t("soldOut") : t("left", { count: stock })}
    </span>
  );
}
