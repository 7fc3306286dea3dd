import { useTranslations } from "next-intl";
import { cn } from "@/app/_ui/cn";
import { Link } from "@/app/_ui/link";
import { ProductKind } from "@/lib/schemas/enums";

const KINDS = [null, ...Object.values(ProductKind)];

/** Links, so that each filter has a URL and works without JavaScript. */
export function KindFilter({ current }: { current: ProductKind | null }) {
  const t = useTranslations("shop");
  return (
    <nav aria-label={t("filter")} className="-mx-4 overflow-x-auto px-4 py-1 sm:mx-0 sm:px-0">
      <ul className="flex gap-2">
        {KINDS.map((kind) => (
          <li key={kind ?? "all"} className="shrink-0">
            <Link
              href={{ pathname: "/shop", query: kind ? { kind } : {} }}
              aria-current={kind === current ? "page" : undefined}
              className={cn(
                "inline-flex min-h-11 items-center rounded-full border px-5 text-sm font-semibold transition-colors",
                kind === current
                  ? "border-ink bg-ink text-ground"
                  : "border-line-strong text-muted hover:border-ink hover:text-ink",
              )}
            >
              {kind ? t(`many.${kind}`) : t("all")}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
