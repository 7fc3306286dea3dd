import { useTranslations } from "next-intl";
import { cn } from "@/app/_ui/cn";
import { Link } from "@/app/_ui/link";

const SIDES = ["buyer", "seller"] as const;
export type OrderSide = (typeof SIDES)[number];

/** Switches between purchases and sales. */
export function OrderTabs({ current }: { current: OrderSide }) {
  const t = useTranslations("orders");
  return (
    <nav aria-label={t("sides")} className="mt-6">
      <ul className="flex gap-2">
        {SIDES.map((side) => (
          <li key={side}>
            <Link
              href={{ pathname: "/orders", query: side === "seller" ? { as: side } : {} }}
              aria-current={side === current ? "page" : undefined}
              className={cn(
                "inline-flex min-h-11 items-center rounded-full border px-5 text-sm font-semibold transition-colors",
                side === current
                  ? "border-ink bg-ink text-ground"
                  : "border-line-strong text-muted hover:border-ink hover:text-ink",
              )}
            >
              {t(side === "seller" ? "sold" : "bought")}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
