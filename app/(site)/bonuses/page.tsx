import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { Balance } from "@/app/_features/bonuses/balance";
import { BonusesSkeleton } from "@/app/_features/bonuses/bonuses-skeleton";
import { Ledger } from "@/app/_features/bonuses/ledger";
import { ReferralCard } from "@/app/_features/bonuses/referral-card";
import { SpendForm } from "@/app/_features/bonuses/spend-form";
import { tintStyle } from "@/app/_features/posts/tint-style";
import { NavigationSuspense } from "@/app/_shell/navigation-suspense";
import { Page } from "@/app/_shell/page";
import { readForPage } from "@/app/_shell/read-for-page";
import { getViewer } from "@/app/_shell/viewer";
import { getBonuses } from "@/lib/bonuses";
import { bonusPageQuerySchema } from "@/lib/schemas/bonus";

export async function generateMetadata() {
  const t = await getTranslations("bonuses");
  return { title: t("title"), robots: { index: false } };
}

export default async function BonusesPage({ searchParams }: PageProps<"/bonuses">) {
  const [t, viewer, query] = await Promise.all([getTranslations("bonuses"), getViewer(), searchParams]);
  if (!viewer) redirect("/sign-in?next=/bonuses");
  // A cursor that does not parse is ignored, so that a mangled link still opens the ledger.
  const cursor = bonusPageQuerySchema.safeParse({ cursor: query.cursor }).data?.cursor;
  return (
    <div className="tinted" style={tintStyle(viewer.id)}>
      <div className="stage-light" aria-hidden="true" />
      <Page className="pt-8 sm:pt-14">
        <h1 className="text-sm text-muted">{t("title")}</h1>
        <NavigationSuspense key={cursor ?? "newest"} skeleton={<BonusesSkeleton />}>
          <CurrentBonuses userId={viewer.id} cursor={cursor} />
        </NavigationSuspense>
      </Page>
    </div>
  );
}

async function CurrentBonuses({ userId, cursor }: { userId: string; cursor: number | undefined }) {
  const { balance, entries, referral } = await readForPage(getBonuses(userId, { cursor }));
  return (
    <>
      <div className="mt-4 mb-8 sm:mb-10">
        <Balance balance={balance} />
      </div>
      <ReferralCard referral={referral} />
      <div className="mt-12 grid gap-x-14 gap-y-12 lg:grid-cols-[minmax(0,7fr)_minmax(0,4fr)]">
        <div className="lg:col-start-2 lg:row-start-1">
          <SpendForm balance={balance} />
        </div>
        <Ledger entries={entries} continued={cursor !== undefined} renderedAt={Date.now()} />
      </div>
    </>
  );
}
