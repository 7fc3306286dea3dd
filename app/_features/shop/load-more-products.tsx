"use client";

import Link from "next/link";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Mark } from "@/app/_art/brand/mark";
import type { ApiFailure } from "@/app/_ui/api-result";
import { buttonVariants } from "@/app/_ui/button";
import { FailureNote } from "@/app/_ui/failure-note";
import { useMounted } from "@/app/_ui/use-mounted";
import type { ProductKind } from "@/lib/schemas/enums";
import { ProductList } from "./product-list";
import { fetchProducts, loadedProducts } from "./shop-api";

const REQUEST_TIMEOUT_MS = 15_000;

/** The rest of the shop: a plain link to the next page, which JavaScript loads in place. */
export function LoadMoreProducts({ cursor, kind }: { cursor: string; kind: ProductKind | null }) {
  const t = useTranslations("shop");
  const mounted = useMounted();
  const [loadedCount, setLoadedCount] = useState(0);
  const [loading, setLoading] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const filter = kind ?? "";
  const { items, nextCursor } = mounted
    ? loadedProducts.readPages(cursor, filter)
    : { items: [], nextCursor: cursor };

  const loadNextPage = async () => {
    if (loading || nextCursor === null) return;
    setLoading(true);
    setFailure(null);
    const result = await fetchProducts(nextCursor, kind, AbortSignal.timeout(REQUEST_TIMEOUT_MS));
    setLoading(false);
    if (!result.ok) return setFailure(result.failure);
    const pages = { items: [...items, ...result.data.items], nextCursor: result.data.nextCursor };
    loadedProducts.savePages(cursor, pages, filter);
    setLoadedCount(result.data.items.length);
  };

  return (
    <>
      {items.length > 0 ? (
        <div className="mt-9 @3xl:mt-12">
          <ProductList products={items} isFirstPage={false} />
        </div>
      ) : null}
      <div className="mt-12 flex flex-col items-center gap-4">
        {failure ? <FailureNote failure={failure} className="w-full max-w-xl" /> : null}
        {nextCursor === null ? (
          <p className="text-muted">{t("end")}</p>
        ) : (
          <Link
            href={{ pathname: "/shop", query: { ...(kind ? { kind } : {}), cursor: nextCursor } }}
            prefetch={false}
            aria-disabled={loading}
            onClick={(event) => {
              event.preventDefault();
              void loadNextPage();
            }}
            className={buttonVariants({ look: "quiet", size: "large" })}
          >
            {loading ? <Mark animated className="size-6" /> : null}
            {t(loading ? "loadingMore" : "more")}
          </Link>
        )}
      </div>
      <p role="status" className="sr-only">
        {loadedCount > 0 ? t("loaded", { count: loadedCount }) : ""}
      </p>
    </>
  );
}
