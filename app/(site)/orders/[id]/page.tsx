import { ArrowLeft } from "lucide-react";
import { notFound, redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { tintStyle } from "@/app/_features/posts/tint-style";
import { counterpartOf } from "@/app/_features/shop/orders/counterpart-of";
import { LiveOrder } from "@/app/_features/shop/orders/live-order";
import { OrderSkeleton } from "@/app/_features/shop/orders/order-skeleton";
import type { CheckoutOutcome } from "@/app/_features/shop/orders/payment-actions";
import { ProductArtFrame } from "@/app/_features/shop/product-art-frame";
import { NavigationSuspense } from "@/app/_shell/navigation-suspense";
import { Page } from "@/app/_shell/page";
import { readForPage, toNullWhenUnavailable } from "@/app/_shell/read-for-page";
import { getViewer, type Viewer } from "@/app/_shell/viewer";
import { Link } from "@/app/_ui/link";
import { viewerToCaller } from "@/app/(site)/orders/viewer-to-caller";
import { mayWrite } from "@/lib/contacts";
import { toNullWhenNotFound } from "@/lib/core/errors";
import type { OrderView } from "@/lib/schemas/order";
import { getOrder } from "@/lib/shop";

export async function generateMetadata() {
  const t = await getTranslations("orders");
  return { title: t("one"), robots: { index: false } };
}

export default async function OrderPage({ params, searchParams }: PageProps<"/orders/[id]">) {
  const [{ id }, { checkout }, viewer] = await Promise.all([params, searchParams, getViewer()]);
  if (!viewer) redirect(`/sign-in?next=${encodeURIComponent(`/orders/${id}`)}`);
  const checkoutOutcome = checkout === "done" || checkout === "cancelled" ? checkout : null;
  return (
    <NavigationSuspense skeleton={<OrderPageSkeleton />}>
      <CurrentOrder id={id} viewer={viewer} checkoutOutcome={checkoutOutcome} />
    </NavigationSuspense>
  );
}

function OrderPageSkeleton() {
  return (
    <Page className="pt-16 sm:pt-20">
      <OrderSkeleton />
    </Page>
  );
}

async function CurrentOrder({
  id,
  viewer,
  checkoutOutcome,
}: {
  id: string;
  viewer: Viewer;
  checkoutOutcome: CheckoutOutcome;
}) {
  const [t, order] = await Promise.all([getTranslations("orders"), readOrder(id, viewer)]);
  if (!order) notFound();
  const tintId = order.productId ?? order.id;
  const isSeller = order.viewedAs === "seller";
  const counterpart = counterpartOf(order);
  const canWrite =
    counterpart !== null &&
    (await readForPage(mayWrite(viewer.id, counterpart.id)).catch(toNullWhenUnavailable)) === true;
  return (
    <div className="tinted" style={tintStyle(tintId)}>
      <div className="stage-light" aria-hidden="true" />
      <Page className="pt-5 sm:pt-8">
        <Link
          href={isSeller ? "/orders?as=seller" : "/orders"}
          className="inline-flex min-h-11 items-center gap-2 text-sm font-medium text-muted transition-colors hover:text-ink"
        >
          <ArrowLeft className="size-4" aria-hidden="true" />
          {t("back")}
        </Link>
        <article className="mt-2 grid gap-6 sm:mt-4 lg:grid-cols-[minmax(0,5fr)_minmax(0,7fr)] lg:gap-12">
          <div className="group/card lg:sticky lg:top-8 lg:self-start">
            <ProductArtFrame
              eager
              id={tintId}
              transitionId={order.id}
              kind={order.kind}
              unavailable={order.status === "failed" || order.status === "refunded"}
              className="aspect-[2/1] w-full rounded-3xl shadow-[0_2rem_5rem_-1.5rem_var(--glow)] lg:aspect-square"
            />
          </div>
          <LiveOrder
            initialOrder={order}
            checkoutOutcome={checkoutOutcome}
            renderedAt={Date.now()}
            canWrite={canWrite}
          />
        </article>
      </Page>
    </div>
  );
}

/** Null when the order does not exist or the viewer may not see it. */
function readOrder(id: string, viewer: Viewer): Promise<OrderView | null> {
  return readForPage(getOrder(id, viewerToCaller(viewer)).catch(toNullWhenNotFound));
}
