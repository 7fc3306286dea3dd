import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { BecomeArtist } from "@/app/_features/account/become-artist";
import { NewProductForm } from "@/app/_features/shop/new-product-form";
import { getUploadSettings } from "@/app/_features/uploads/upload-settings";
import { Page, PageTitle } from "@/app/_shell/page";
import { getViewer } from "@/app/_shell/viewer";
import { Button } from "@/app/_ui/button";
import { EmptyState } from "@/app/_ui/empty-state";
import { Link } from "@/app/_ui/link";
import { ClientMessages } from "@/app/i18n/client-messages";

export async function generateMetadata() {
  const t = await getTranslations("newProduct");
  return { title: t("title"), robots: { index: false } };
}

export default async function NewProductPage() {
  const [t, viewer] = await Promise.all([getTranslations("newProduct"), getViewer()]);
  if (!viewer) redirect("/sign-in?next=/shop/new");
  if (viewer.role === "listener") {
    return (
      <Page>
        <EmptyState
          title={t("artistsTitle")}
          text={t(viewer.confirmed ? "artistsText" : "artistsConfirmText")}
        >
          <ClientMessages namespaces={["profile"]}>
            <BecomeArtist confirmed={viewer.confirmed} />
          </ClientMessages>
          <Button asChild look="quiet">
            <Link href="/shop">{t("toShop")}</Link>
          </Button>
        </EmptyState>
      </Page>
    );
  }
  return (
    <Page className="pt-8 sm:pt-12">
      <PageTitle>{t("title")}</PageTitle>
      <p className="mt-4 max-w-[54ch] text-muted sm:text-lg">{t("lead")}</p>
      <NewProductForm viewerId={viewer.id} viewerName={viewer.name} uploadSettings={getUploadSettings()} />
    </Page>
  );
}
