import { ArrowLeft } from "lucide-react";
import Link from "next/link";
import { notFound, redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { tintOf } from "@/app/_features/posts/tint-style";
import { OrderLive } from "@/app/_features/shop/orders/live-order";
import { OrderSkeleton } from "@/app/_features/shop/orders/order-skeleton";
import type { Arrival } from "@/app/_features/shop/orders/payment-actions";
import { GoodsFrame } from "@/app/_features/shop/product-art-frame";
import { Arrive } from "@/app/_shell/navigation-suspense";
import { Page } from "@/app/_shell/page";
import { getViewer, type Viewer } from "@/app/_shell/viewer";
import { callerOf } from "@/app/(site)/orders/viewer-to-caller";
import { AppError } from "@/lib/core/errors";
import { getOrder } from "@/lib/shop";
import type { OrderView } from "@/lib/shop/client";

export async function generateMetadata() {
  const t = await getTranslations("orders");
  return { title: t("one"), robots: { index: false } };
}

export default async function OrderPage({ params, searchParams }: PageProps<"/orders/[id]">) {
  const [{ id }, { checkout }, viewer] = await Promise.all([params, searchParams, getViewer()]);
  if (!viewer) redirect(`/sign-in?next=${encodeURIComponent(`/orders/${id}`)}`);
  const arrival = checkout === "done" || checkout === "cancelled" ? checkout : null;
  return (
    <Arrive skeleton={<Waiting />}>
      <Order id={id} viewer={viewer} arrival={arrival} />
    </Arrive>
  );
}

function Waiting() {
  return (
    <Page className="pt-16 sm:pt-20">
      <OrderSkeleton />
    </Page>
  );
}

async function Order({ id, viewer, arrival }: { id: string; viewer: Viewer; arrival: Arrival }) {
  const [t, order] = await Promise.all([getTranslations("orders"), readOrder(id, viewer)]);
  if (!order) notFound();
  const look = order.productId ?? order.id;
  const selling = order.viewedAs === "seller";
  return (
    <div className="tinted" style={tintOf(look)}>
      <div className="stage-light" aria-hidden="true" />
      <Page className="pt-5 sm:pt-8">
        <Link
          href={selling ? "/orders?as=seller" : "/orders"}
          prefetch={false}
          className="inline-flex min-h-11 items-center gap-2 text-sm font-medium text-muted transition-colors hover:text-ink"
        >
          <ArrowLeft className="size-4" aria-hidden="true" />
          {t("back")}
        </Link>
        <article className="mt-2 grid gap-6 sm:mt-4 lg:grid-cols-[minmax(0,5fr)_minmax(0,7fr)] lg:gap-12">
          <div className="group/card lg:sticky lg:top-8 lg:self-start">
            <GoodsFrame
              id={look}
              of={order.id}
              kind={order.kind}
              gone={order.status === "failed" || order.status === "refunded"}
              className="aspect-[2/1] w-full rounded-3xl shadow-[0_2rem_5rem_-1.5rem_var(--glow)] lg:aspect-square"
            />
          </div>
          <OrderLive rendered={order} arrival={arrival} renderedAt={Date.now()} />
        </article>
      </Page>
    </div>
  );
}

/** Null for an order that is not there, or is none of the viewer's business. */
async function readOrder(id: string, viewer: Viewer): Promise<OrderView | null> {
  try {
    return await getOrder(id, callerOf(viewer));
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found") return null;
    throw error;
  }
}
