import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { MintList } from "@/app/_features/minting/mint-list";
import { NavigationSuspense } from "@/app/_shell/navigation-suspense";
import { readForPage } from "@/app/_shell/read-for-page";
import { getViewer } from "@/app/_shell/viewer";
import { buttonVariants } from "@/app/_ui/button";
import { EmptyState } from "@/app/_ui/empty-state";
import { Link } from "@/app/_ui/link";
import { Skeleton } from "@/app/_ui/skeleton";
import { listMints } from "@/lib/nft";

export async function generateMetadata() {
  const t = await getTranslations("minting");
  return { title: t("listTitle"), robots: { index: false } };
}

/** The artist's mints and how far each is. */
export default async function TokensPage() {
  const [t, viewer] = await Promise.all([getTranslations("minting"), getViewer()]);
  if (!viewer) redirect("/sign-in?next=/me/tokens");
  return (
    <>
      <h1 className="sr-only">{t("listTitle")}</h1>
      <p className="mb-6 max-w-[60ch] text-pretty text-muted">{t("listLead")}</p>
      <NavigationSuspense skeleton={<Skeleton className="h-40 w-full rounded-3xl" />}>
        <Mints userId={viewer.id} />
      </NavigationSuspense>
    </>
  );
}

async function Mints({ userId }: { userId: string }) {
  const [t, mints] = await Promise.all([getTranslations("minting"), readForPage(listMints(userId))]);
  if (mints.length > 0) return <MintList mints={mints} />;
  return (
    <EmptyState level="h2" title={t("listEmptyTitle")} text={t("listEmptyText")}>
      <Link href="/" className={buttonVariants()}>
        {t("toFeed")}
      </Link>
    </EmptyState>
  );
}
