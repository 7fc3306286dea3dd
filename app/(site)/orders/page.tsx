import { ScanLine } from "lucide-react";
import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { OrderRow } from "@/app/_features/shop/orders/order-row";
import { OrderTabs } from "@/app/_features/shop/orders/order-tabs";
import { OrdersSkeleton } from "@/app/_features/shop/orders/orders-skeleton";
import { NavigationSuspense } from "@/app/_shell/navigation-suspense";
import { Page, PageTitle } from "@/app/_shell/page";
import { readForPage } from "@/app/_shell/read-for-page";
import { getViewer } from "@/app/_shell/viewer";
import { Button } from "@/app/_ui/button";
import { EmptyState } from "@/app/_ui/empty-state";
import { Link } from "@/app/_ui/link";
import { Pager } from "@/app/_ui/pager";
import { orderPageQuerySchema } from "@/lib/schemas/order";
import { listOrders } from "@/lib/shop";
import { viewerToCaller } from "./viewer-to-caller";

export async function generateMetadata() {
  const t = await getTranslations("orders");
  return { title: t("title"), robots: { index: false } };
}

type Query = ReturnType<typeof parseQuery>;

export default async function OrdersPage({ searchParams }: PageProps<"/orders">) {
  const [t, viewer, query] = await Promise.all([
    getTranslations("orders"),
    getViewer(),
    searchParams.then(parseQuery),
  ]);
  if (!viewer) redirect("/sign-in?next=/orders");
  return (
    <Page className="pt-8 sm:pt-12">
      <PageTitle>{t("title")}</PageTitle>
      {viewer.role === "listener" && query.as === "buyer" ? null : <OrderTabs current={query.as} />}
      {query.as === "seller" && viewer.role !== "listener" ? (
        <Button asChild look="quiet" className="mt-4">
          <Link href="/check-in">
            <ScanLine className="size-5" aria-hidden="true" />
            {t("checkIn")}
          </Link>
        </Button>
      ) : null}
      <NavigationSuspense key={`${query.as}:${query.cursor ?? "newest"}`} skeleton={<OrdersSkeleton />}>
        <CurrentOrders query={query} />
      </NavigationSuspense>
    </Page>
  );
}

async function CurrentOrders({ query }: { query: Query }) {
  const [t, viewer] = await Promise.all([getTranslations("orders"), getViewer()]);
  if (!viewer) return null;
  const { items, nextCursor } = await readForPage(listOrders(viewerToCaller(viewer), query));
  const sideQuery: Record<string, string> = query.as === "seller" ? { as: query.as } : {};
  if (items.length === 0 && query.cursor === undefined) {
    const isSeller = query.as === "seller";
    return (
      <EmptyState
        level="h2"
        title={t(isSeller ? "soldEmptyTitle" : "emptyTitle")}
        text={t(isSeller ? "soldEmptyText" : "emptyText")}
        className="pt-12 sm:pt-16"
      >
        <Button asChild size="large">
          <Link href={isSeller && viewer.role !== "listener" ? "/shop/new" : "/shop"}>
            {t(isSeller && viewer.role !== "listener" ? "sell" : "toShop")}
          </Link>
        </Button>
      </EmptyState>
    );
  }
  return (
    <>
      <ul className="mt-6 flex flex-col sm:mt-8">
        {items.map((order) => (
          <li key={order.id}>
            <OrderRow order={order} renderedAt={Date.now()} />
          </li>
        ))}
      </ul>
      <Pager
        path="/orders"
        query={sideQuery}
        nextCursor={nextCursor}
        continued={query.cursor !== undefined}
      />
    </>
  );
}

/** Ignores what does not parse, so that an old or mangled link still opens the list. */
function parseQuery({ cursor, as }: Awaited<PageProps<"/orders">["searchParams"]>) {
  const parsedSide = orderPageQuerySchema.shape.as.safeParse(as);
  const parsedCursor = orderPageQuerySchema.shape.cursor.safeParse(cursor);
  return { as: parsedSide.data ?? ("buyer" as const), cursor: parsedCursor.data };
}
