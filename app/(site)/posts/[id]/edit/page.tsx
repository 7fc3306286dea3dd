import { ArrowLeft } from "lucide-react";
import { notFound, redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { DeletePost } from "@/app/_features/posts/delete-post";
import { EditPostForm } from "@/app/_features/posts/edit-post-form";
import { getUploadSettings } from "@/app/_features/uploads/upload-settings";
import { Page, PageTitle } from "@/app/_shell/page";
import { getViewer } from "@/app/_shell/viewer";
import { Link } from "@/app/_ui/link";
import { readPost } from "../read-post";

export async function generateMetadata() {
  const t = await getTranslations("editPost");
  return { title: t("title"), robots: { index: false } };
}

/** For the post's author; others are sent to the post. */
export default async function EditPostPage({ params }: PageProps<"/posts/[id]/edit">) {
  const [{ id }, t, viewer] = await Promise.all([params, getTranslations("editPost"), getViewer()]);
  if (!viewer) redirect(`/sign-in?next=/posts/${encodeURIComponent(id)}/edit`);
  const post = await readPost(id);
  if (!post) notFound();
  if (post.authorId !== viewer.id) redirect(`/posts/${post.id}`);
  return (
    <Page className="pt-5 sm:pt-8">
      <Link
        href={`/posts/${post.id}`}
        className="inline-flex min-h-11 items-center gap-2 text-sm font-medium text-muted transition-colors hover:text-ink"
      >
        <ArrowLeft className="size-4" aria-hidden="true" />
        {t("back")}
      </Link>
      <PageTitle className="mt-2 mb-8">{t("title")}</PageTitle>
      <EditPostForm post={post} uploadSettings={getUploadSettings()} />
      <DeletePost post={post} />
    </Page>
  );
}
