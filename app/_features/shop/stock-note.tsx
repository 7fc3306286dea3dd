import { useTranslations } from "next-intl";
import { cn } from "@/app/_ui/cn";

/** From here on it is worth hurrying. */
const LOW_STOCK = 5;

/** How many there are; nothing to say where there are as many as people want. */
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
