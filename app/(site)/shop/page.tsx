import Link from "next/link";
import { getTranslations } from "next-intl/server";
import { ProductMore } from "@/app/_features/shop/load-more-products";
import { ProductList } from "@/app/_features/shop/product-list";
import { ShopIntro } from "@/app/_features/shop/shop-intro";
import { ShopSkeleton } from "@/app/_features/shop/shop-skeleton";
import { Arrive } from "@/app/_shell/navigation-suspense";
import { Page } from "@/app/_shell/page";
import { viewerForFrame } from "@/app/_shell/viewer";
import { Button } from "@/app/_ui/button";
import { Notice } from "@/app/_ui/empty-state";
import { listProducts, productPageQuerySchema } from "@/lib/shop";
import type { ProductKind } from "@/lib/shop/client";

export async function generateMetadata({ searchParams }: PageProps<"/shop">) {
  const [t, { cursor, kind }] = await Promise.all([getTranslations("shop"), readQuery(searchParams)]);
  return {
    title: kind ? t(`many.${kind}`) : t("title"),
    description: t("lead"),
    alternates: { canonical: kind ? `/shop?kind=${kind}` : "/shop" },
    ...(cursor ? { robots: { index: false } } : {}),
  };
}

export default async function ShopPage({ searchParams }: PageProps<"/shop">) {
  const { cursor, kind } = await readQuery(searchParams);
  return (
    <Page>
      <ShopIntro kind={kind} />
      <Arrive key={`${kind ?? "all"}:${cursor ?? "newest"}`} skeleton={<ShopSkeleton />}>
        <Products cursor={cursor} kind={kind} />
      </Arrive>
    </Page>
  );
}

async function Products({ cursor, kind }: { cursor: string | undefined; kind: ProductKind | null }) {
  const [t, page] = await Promise.all([
    getTranslations("shop"),
    listProducts({ cursor, kind: kind ?? undefined }),
  ]);
  if (page.items.length === 0) return <EmptyShop kind={kind} />;
  return (
    <section aria-label={t("title")} className="@container">
      <ProductList products={page.items} fromStart={cursor === undefined && kind === null} />
      {page.nextCursor ? <ProductMore key={page.nextCursor} cursor={page.nextCursor} kind={kind} /> : null}
    </section>
  );
}

async function EmptyShop({ kind }: { kind: ProductKind | null }) {
  const [t, viewer] = await Promise.all([getTranslations("shop"), viewerForFrame()]);
  const maySell = viewer !== null && viewer.role !== "listener";
  return (
    <Notice
      level="h2"
      title={t("emptyTitle")}
      text={t(maySell ? "emptySeller" : "emptyText")}
      className="pt-6"
    >
      {maySell ? (
        <Button asChild size="large">
          <Link href="/shop/new" prefetch={false}>
            {t("sell")}
          </Link>
        </Button>
      ) : null}
      {kind ? (
        <Button asChild look="quiet" size="large">
          <Link href="/shop" prefetch={false}>
            {t("everything")}
          </Link>
        </Button>
      ) : null}
    </Notice>
  );
}

/** What does not parse is left out: an old or mangled link still opens the shop. */
async function readQuery(searchParams: PageProps<"/shop">["searchParams"]) {
  const { cursor, kind } = await searchParams;
  const place = productPageQuerySchema.shape.cursor.safeParse(cursor);
  const filter = productPageQuerySchema.shape.kind.safeParse(kind);
  return { cursor: place.data, kind: filter.data ?? null };
}
