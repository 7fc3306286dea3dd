import { getTranslations } from "next-intl/server";
import { LoadMoreProducts } from "@/app/_features/shop/load-more-products";
import { ProductList } from "@/app/_features/shop/product-list";
import { ShopIntro } from "@/app/_features/shop/shop-intro";
import { ShopSkeleton } from "@/app/_features/shop/shop-skeleton";
import { NavigationSuspense } from "@/app/_shell/navigation-suspense";
import { Page } from "@/app/_shell/page";
import { readForPage } from "@/app/_shell/read-for-page";
import { getShellViewer } from "@/app/_shell/viewer";
import { Button } from "@/app/_ui/button";
import { EmptyState } from "@/app/_ui/empty-state";
import { Link } from "@/app/_ui/link";
import type { ProductKind } from "@/lib/schemas/enums";
import { productPageQuerySchema } from "@/lib/schemas/product";
import { listProducts } from "@/lib/shop";

export async function generateMetadata({ searchParams }: PageProps<"/shop">) {
  const [t, { cursor, kind }] = await Promise.all([getTranslations("shop"), parseQuery(searchParams)]);
  return {
    title: kind ? t(`many.${kind}`) : t("title"),
    description: t("lead"),
    alternates: { canonical: kind ? `/shop?kind=${kind}` : "/shop" },
    ...(cursor ? { robots: { index: false } } : {}),
  };
}

export default async function ShopPage({ searchParams }: PageProps<"/shop">) {
  const { cursor, kind } = await parseQuery(searchParams);
  return (
    <Page>
      <ShopIntro kind={kind} />
      <NavigationSuspense key={`${kind ?? "all"}:${cursor ?? "newest"}`} skeleton={<ShopSkeleton />}>
        <CurrentProducts cursor={cursor} kind={kind} />
      </NavigationSuspense>
    </Page>
  );
}

async function CurrentProducts({ cursor, kind }: { cursor: string | undefined; kind: ProductKind | null }) {
  const [t, page] = await Promise.all([
    getTranslations("shop"),
    readForPage(listProducts({ cursor, kind: kind ?? undefined })),
  ]);
  if (page.items.length === 0) return <EmptyShop kind={kind} />;
  return (
    <section aria-labelledby="products" className="@container">
      <h2 id="products" className="sr-only">
        {t(kind ? `many.${kind}` : "heading")}
      </h2>
      <ProductList products={page.items} isFirstPage={cursor === undefined && kind === null} />
      {page.nextCursor ? (
        <LoadMoreProducts
          key={page.nextCursor}
          cursor={page.nextCursor}
          kind={kind}
          renderedAt={Date.now()}
        />
      ) : null}
    </section>
  );
}

async function EmptyShop({ kind }: { kind: ProductKind | null }) {
  const [t, viewer] = await Promise.all([getTranslations("shop"), getShellViewer()]);
  const canSell = viewer !== null && viewer.role !== "listener";
  return (
    <EmptyState
      level="h2"
      title={t("emptyTitle")}
      text={t(canSell ? "emptySeller" : "emptyText")}
      className="pt-6"
    >
      {canSell ? (
        <Button asChild size="large">
          <Link href="/shop/new">{t("sell")}</Link>
        </Button>
      ) : null}
      {kind ? (
        <Button asChild look="quiet" size="large">
          <Link href="/shop">{t("everything")}</Link>
        </Button>
      ) : null}
    </EmptyState>
  );
}

/** Ignores what does not parse, so that an old or mangled link still opens the shop. */
async function parseQuery(searchParams: PageProps<"/shop">["searchParams"]) {
  const { cursor, kind } = await searchParams;
  const parsedCursor = productPageQuerySchema.shape.cursor.safeParse(cursor);
  const parsedKind = productPageQuerySchema.shape.kind.safeParse(kind);
  return { cursor: parsedCursor.data, kind: parsedKind.data ?? null };
}
