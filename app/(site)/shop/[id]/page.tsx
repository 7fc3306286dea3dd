import { ArrowLeft } from "lucide-react";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { cache } from "react";
import { tintStyle } from "@/app/_features/posts/tint-style";
import { ProductArtFrame } from "@/app/_features/shop/product-art-frame";
import { ProductDetails } from "@/app/_features/shop/product-details";
import { ProductSkeleton } from "@/app/_features/shop/product-skeleton";
import { TrackOpened } from "@/app/_features/shop/track-opened";
import { OwnCoverProblem } from "@/app/_features/uploads/own-cover-problem";
import { NavigationSuspense } from "@/app/_shell/navigation-suspense";
import { Page } from "@/app/_shell/page";
import { readForPage, toNullWhenUnavailable, withRenderLimit } from "@/app/_shell/read-for-page";
import { getShellViewer } from "@/app/_shell/viewer";
import { Link } from "@/app/_ui/link";
import { getBonusBalance } from "@/lib/bonuses";
import { mayWrite } from "@/lib/contacts";
import { log } from "@/lib/core/log";
import { isolate } from "@/lib/schemas/isolate";
import type { Product } from "@/lib/schemas/product";
import { getProduct } from "@/lib/shop";

const MAX_DESCRIPTION_LENGTH = 180;
/** Since the start of the render: after that the page is shown without the viewer's bonuses. */
const MAX_BALANCE_WAIT_MS = 500;

/** Reads once per request, shared by the page and its metadata. */
const readProduct = cache((id: string) => readForPage(getProduct(id)));

export async function generateMetadata({ params }: PageProps<"/shop/[id]">): Promise<Metadata> {
  const [{ id }, t] = await Promise.all([params, getTranslations("shop")]);
  // Undefined when the read failed; the page reads again and reports the error.
  const product = await readProduct(id).catch(() => undefined);
  if (product === undefined) return {};
  if (product === null) return { title: t("notFoundTitle"), robots: { index: false } };
  const description =
    product.description.replace(/\s+/g, " ").slice(0, MAX_DESCRIPTION_LENGTH).trim() ||
    [t(`kinds.${product.kind}`), product.sellerName].filter(Boolean).join(" · ");
  return {
    title: isolate(product.title),
    description,
    alternates: { canonical: `/shop/${product.id}` },
    openGraph: { title: product.title, description, url: `/shop/${product.id}` },
    ...(product.archived ? { robots: { index: false } } : {}),
  };
}

export default async function ProductPage({ params }: PageProps<"/shop/[id]">) {
  const [{ id }, t] = await Promise.all([params, getTranslations("shop")]);
  return (
    <div className="tinted" style={tintStyle(id)}>
      <div className="stage-light" aria-hidden="true" />
      <Page className="pt-5 sm:pt-8">
        <Link
          href="/shop"
          className="inline-flex min-h-11 items-center gap-2 text-sm font-medium text-muted transition-colors hover:text-ink"
        >
          <ArrowLeft className="size-4" aria-hidden="true" />
          {t("back")}
        </Link>
        <NavigationSuspense skeleton={<ProductSkeleton />}>
          <CurrentProduct id={id} />
        </NavigationSuspense>
      </Page>
    </div>
  );
}

async function CurrentProduct({ id }: { id: string }) {
  const [product, viewer, t] = await Promise.all([
    readProduct(id),
    getShellViewer(),
    getTranslations("shop"),
  ]);
  if (!product) notFound();
  const viewerId = viewer?.id ?? null;
  const [canWrite, bonusBalance] = await Promise.all([
    readMayWrite(product, viewerId),
    readBonusBalance(product, viewerId),
  ]);
  const unavailable = product.archived || product.stock === 0;
  return (
    <article className="mt-2 grid gap-6 sm:mt-4 lg:grid-cols-[minmax(0,6fr)_minmax(0,7fr)] lg:gap-12">
      <div className="group/card lg:sticky lg:top-8 lg:self-start">
        <ProductArtFrame
          eager
          id={product.id}
          kind={product.kind}
          cover={product.cover}
          unavailable={unavailable}
          stamp={unavailable ? t(product.archived ? "archivedStamp" : "soldOut") : undefined}
          className="aspect-[4/3] w-full rounded-3xl shadow-[0_2rem_5rem_-1.5rem_var(--glow)] sm:aspect-[2/1] lg:aspect-square"
        />
        {viewer && viewer.id === product.sellerId ? (
          <OwnCoverProblem cover={product.cover} ownerId={viewer.id} of={{ productId: product.id }} />
        ) : null}
      </div>
      <ProductDetails product={product} viewerId={viewerId} canWrite={canWrite} bonusBalance={bonusBalance} />
      <TrackOpened name="product.opened" id={product.id} />
    </article>
  );
}

/** Whether the viewer may write to the seller; false in an outage. */
async function readMayWrite({ sellerId }: Product, viewerId: string | null): Promise<boolean> {
  if (viewerId === null || sellerId === null) return false;
  return (await readForPage(mayWrite(viewerId, sellerId)).catch(toNullWhenUnavailable)) === true;
}

/** What a possible buyer can pay with, in hundredths of a bonus; zero in an outage, which the rest of the page survives. */
async function readBonusBalance(product: Product, viewerId: string | null): Promise<number> {
  const canBuy =
    viewerId !== null && viewerId !== product.sellerId && !product.archived && product.stock !== 0;
  if (!canBuy) return 0;
  try {
    return await withRenderLimit(getBonusBalance(viewerId), MAX_BALANCE_WAIT_MS);
  } catch (cause) {
    log().warn({ err: cause }, "bonus balance unavailable: product page rendered without it");
    return 0;
  }
}
