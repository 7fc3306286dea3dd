"use client";

import { useTranslations } from "next-intl";
import { LoadMore } from "@/app/_shell/load-more";
import type { ProductKind } from "@/lib/schemas/enums";
import { ProductList } from "./product-list";
import { fetchProducts, loadedProducts } from "./shop-api";

interface Props {
  cursor: string;
  kind: ProductKind | null;
  renderedAt: number;
}

/** The rest of the shop. */
export function LoadMoreProducts({ cursor, kind, renderedAt }: Props) {
  const t = useTranslations("shop");
  return (
    <LoadMore
      cursor={cursor}
      cache={loadedProducts}
      filter={kind ?? ""}
      renderedAt={renderedAt}
      fetchPage={(next, signal) => fetchProducts(next, kind, signal)}
      href={(next) => ({ pathname: "/shop", query: { ...(kind ? { kind } : {}), cursor: next } })}
      texts={{
        more: t("more"),
        loading: t("loadingMore"),
        end: t("end"),
        loaded: (count) => t("loaded", { count }),
      }}
    >
      {(products) => (
        <div className="mt-9 @3xl:mt-12">
          <ProductList products={products} isFirstPage={false} />
        </div>
      )}
    </LoadMore>
  );
}
