import { ArrowLeft } from "lucide-react";
import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { NewChatTabs } from "@/app/_features/chat/new-chat-tabs";
import { OpenGroups } from "@/app/_features/chat/open-groups";
import { PageTitle } from "@/app/_shell/page";
import { readForPage } from "@/app/_shell/read-for-page";
import { getViewer } from "@/app/_shell/viewer";
import { Link } from "@/app/_ui/link";
import { listOpenChats } from "@/lib/chat";

const MAX_GROUPS = 12;

export async function generateMetadata() {
  const t = await getTranslations("chat");
  return { title: t("startTitle"), robots: { index: false } };
}

export default async function NewChatPage() {
  const [t, viewer] = await Promise.all([getTranslations("chat"), getViewer()]);
  if (!viewer) redirect("/sign-in?next=/chat/new");
  const { items } = await readForPage(listOpenChats({ userId: viewer.id }, { limit: MAX_GROUPS }));
  return (
    <div data-chat-screen className="h-full overflow-y-auto px-4 pt-4 pb-28 sm:px-10 sm:py-8">
      <div className="mx-auto max-w-3xl">
        <Link
          href="/chat"
          className="inline-flex min-h-11 items-center gap-2 text-sm font-medium text-muted transition-colors hover:text-ink lg:hidden"
        >
          <ArrowLeft className="size-4" aria-hidden="true" />
          {t("backToList")}
        </Link>
        <PageTitle className="mb-6 text-[clamp(1.7rem,3.4vw,2.6rem)]">{t("startTitle")}</PageTitle>
        <NewChatTabs />
        <h2 className="mt-12 mb-4 font-semibold">{t("openGroups")}</h2>
        <OpenGroups groups={items} />
      </div>
    </div>
  );
}
