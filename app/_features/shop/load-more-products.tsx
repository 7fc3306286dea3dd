"use client";

import { useTranslations } from "next-intl";
import { LoadMore } from "@/app/_shell/load-more";
import type { ProductKind } from "@/lib/schemas/enums";
import type { Person } from "@/lib/schemas/person";
import { ProductList } from "./product-list";
import { fetchProducts, loadedProducts } from "./shop-api";

interface Props {
  cursor: string;
  kind: ProductKind | null;
  /** Whose products they are; null: the shop. */
  seller?: Pick<Person, "id" | "handle"> | null;
  renderedAt: number;
}

/** The rest of the shop, or of a person's products. */
export function LoadMoreProducts({ cursor, kind, seller = null, renderedAt }: Props) {
  const t = useTranslations("shop");
  const filter = { ...(kind ? { kind } : {}), ...(seller ? { sellerId: seller.id } : {}) };
  return (
    <LoadMore
      cursor={cursor}
      cache={loadedProducts}
      filter={seller?.id ?? kind ?? ""}
      renderedAt={renderedAt}
      fetchPage={(next, signal) => fetchProducts(next, filter, signal)}
      href={(next) =>
        seller
          ? { pathname: `/u/${seller.handle}`, query: { products: next } }
          : { pathname: "/shop", query: { ...(kind ? { kind } : {}), cursor: next } }
      }
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
