import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { Mark } from "@/app/_art/brand/mark";
import { OpenGroups } from "@/app/_features/chat/open-groups";
import { getViewer } from "@/app/_shell/viewer";
import { Button } from "@/app/_ui/button";
import { Link } from "@/app/_ui/link";
import { getOpenGroups } from "./get-open-groups";

export async function generateMetadata() {
  const t = await getTranslations("chat");
  return { title: t("title"), robots: { index: false } };
}

/** The page without an open chat; phones show the list instead. */
export default async function ChatsPage() {
  const [t, viewer] = await Promise.all([getTranslations("chat"), getViewer()]);
  if (!viewer) redirect("/sign-in?next=/chat");
  const groups = await getOpenGroups(viewer.id);
  return (
    <div className="h-full overflow-y-auto px-6 py-10 lg:px-10">
      <section className="relative isolate overflow-hidden">
        <Mark className="pointer-events-none absolute top-0 right-0 -z-10 size-72 text-ink opacity-[0.06]" />
        <h2 className="display max-w-[16ch] text-[clamp(1.9rem,3.4vw,3.1rem)]">{t("welcomeTitle")}</h2>
        <p className="mt-4 max-w-[46ch] text-lg text-muted">{t("welcomeText")}</p>
        <Button asChild size="large" className="mt-7">
          <Link href="/chat/new">{t("start")}</Link>
        </Button>
      </section>
      <h3 className="mt-12 mb-4 font-semibold">{t("openGroups")}</h3>
      <OpenGroups groups={groups} />
    </div>
  );
}
