import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { CheckIn } from "@/app/_features/shop/check-in/check-in";
import { Page, PageTitle } from "@/app/_shell/page";
import { getViewer } from "@/app/_shell/viewer";
import { Button } from "@/app/_ui/button";
import { EmptyState } from "@/app/_ui/empty-state";
import { Link } from "@/app/_ui/link";

export async function generateMetadata() {
  const t = await getTranslations("checkIn");
  return { title: t("title"), robots: { index: false } };
}

/** Admits the tickets that the viewer sells. */
export default async function CheckInPage() {
  const [t, viewer] = await Promise.all([getTranslations("checkIn"), getViewer()]);
  if (!viewer) redirect("/sign-in?next=/check-in");
  if (viewer.role === "listener") {
    return (
      <Page>
        <EmptyState title={t("artistsTitle")} text={t("artistsText")}>
          <Button asChild size="large">
            <Link href="/shop/new">{t("artistsAction")}</Link>
          </Button>
        </EmptyState>
      </Page>
    );
  }
  return (
    <Page className="pt-8 sm:pt-12">
      <PageTitle>{t("title")}</PageTitle>
      <p className="mt-4 max-w-[54ch] text-pretty text-muted sm:text-lg">{t("lead")}</p>
      <CheckIn />
    </Page>
  );
}
