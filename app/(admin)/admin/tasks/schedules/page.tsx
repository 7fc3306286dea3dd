import { getTranslations } from "next-intl/server";
import { ConsoleHeader } from "@/app/_features/console/console-header";
import { ScheduleLists } from "@/app/_features/console/schedule-lists";
import { Page } from "@/app/_shell/page";
import { readForPage } from "@/app/_shell/read-for-page";
import { Link } from "@/app/_ui/link";
import { requireAdmin } from "@/app/(admin)/admin/require-admin";
import { countOpenAlerts, getSchedules } from "@/lib/ops";

export async function generateMetadata() {
  const t = await getTranslations("scheduleConsole");
  return { title: t("title"), robots: { index: false } };
}

export default async function AdminSchedulesPage() {
  const viewer = await requireAdmin("/admin/tasks/schedules");
  const [schedules, alerts] = await readForPage(Promise.all([getSchedules(viewer), countOpenAlerts()]));
  const [t, texts] = await Promise.all([getTranslations("scheduleConsole"), getTranslations("taskStory")]);
  return (
    <Page className="pt-8 sm:pt-12">
      <ConsoleHeader section="tasks" title={t("title")} lead={t("lead")} alerts={alerts}>
        <Link
          href="/admin/tasks"
          className="inline-flex min-h-11 items-center text-muted underline underline-offset-4"
        >
          {texts("back")}
        </Link>
      </ConsoleHeader>
      <ScheduleLists schedules={schedules} renderedAt={Date.now()} />
    </Page>
  );
}
