import { useTranslations } from "next-intl";
import { LoadMoreProducts } from "@/app/_features/shop/load-more-products";
import { ProductList } from "@/app/_features/shop/product-list";
import type { Person } from "@/lib/schemas/person";
import type { ProductPage } from "@/lib/schemas/product";

/** Of the heading, for links to it. */
export const PRODUCTS_ID = "products";

interface Props {
  person: Person;
  page: ProductPage;
  renderedAt: number;
}

/** What a person sells; nothing where they sell nothing. */
export function PersonProducts({ person, page: { items, nextCursor }, renderedAt }: Props) {
  const t = useTranslations("person");
  if (items.length === 0) return null;
  return (
    <section aria-labelledby={PRODUCTS_ID} className="@container mt-14 sm:mt-20">
      <h2 id={PRODUCTS_ID} className="display mb-5 scroll-mt-6 text-2xl sm:mb-6 sm:text-3xl">
        {t("products")}
      </h2>
      <ProductList products={items} isFirstPage={false} />
      {nextCursor ? (
        <LoadMoreProducts
          key={nextCursor}
          cursor={nextCursor}
          kind={null}
          seller={{ id: person.id, handle: person.handle }}
          renderedAt={renderedAt}
        />
      ) : null}
    </section>
  );
}
