"use client";

import { cn } from "@/app/_ui/cn";
import type { Product } from "@/lib/schemas/product";
import { ProductCard } from "./product-card";

/** What is on the first screen of a phone: one large card, or a row of two. */
const EAGER_COVERS = 2;

interface Props {
  products: readonly Product[];
  /** The first product is the newest one in the shop. */
  isFirstPage: boolean;
}

/** A grid of products, inside a container. A client component for the same reason as `PostList`. */
export function ProductList({ products, isFirstPage }: Props) {
  return (
    <ul className="grid grid-cols-2 gap-x-4 gap-y-9 @3xl:grid-cols-3 @3xl:gap-x-6 @3xl:gap-y-12">
      {products.map((product, i) => {
        const large = isFirstPage && i === 0 && products.length > 1 && product.stock !== 0;
        return (
          <li key={product.id} className={cn("min-w-0", large && "col-span-2")}>
            <ProductCard product={product} large={large} eager={isFirstPage && i < EAGER_COVERS} />
          </li>
        );
      })}
    </ul>
  );
}
