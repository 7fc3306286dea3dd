import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { NewPostForm } from "@/app/_features/posts/new-post-form";
import { getUploadSettings } from "@/app/_features/uploads/upload-settings";
import { Page, PageTitle } from "@/app/_shell/page";
import { getViewer } from "@/app/_shell/viewer";

export async function generateMetadata() {
  const t = await getTranslations("newPost");
  return { title: t("title"), robots: { index: false } };
}

export default async function NewPostPage() {
  const [t, viewer] = await Promise.all([getTranslations("newPost"), getViewer()]);
  if (!viewer) redirect("/sign-in?next=/posts/new");
  return (
    <Page className="pt-8 sm:pt-12">
      <PageTitle>{t("title")}</PageTitle>
      <p className="mt-4 max-w-[54ch] text-muted sm:text-lg">{t("lead")}</p>
      <NewPostForm viewerId={viewer.id} viewerName={viewer.name} uploadSettings={getUploadSettings()} />
    </Page>
  );
}
