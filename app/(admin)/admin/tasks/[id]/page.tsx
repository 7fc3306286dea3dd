import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { ConsoleHeader } from "@/app/_features/console/console-header";
import { TaskCard } from "@/app/_features/console/task-card";
import { TaskStoryView } from "@/app/_features/console/task-story/task-story";
import { Page } from "@/app/_shell/page";
import { readForPage } from "@/app/_shell/read-for-page";
import { Link } from "@/app/_ui/link";
import { requireAdmin } from "@/app/(admin)/admin/require-admin";
import { toNullWhenNotFound } from "@/lib/core/errors";
import { countOpenAlerts, getTaskStory } from "@/lib/ops";
import { idSchema } from "@/lib/schemas/id";

export async function generateMetadata() {
  const t = await getTranslations("taskConsole");
  return { title: t("one"), robots: { index: false } };
}

export default async function AdminTaskPage({ params }: PageProps<"/admin/tasks/[id]">) {
  const id = idSchema.safeParse((await params).id);
  if (!id.success) notFound();
  const viewer = await requireAdmin(`/admin/tasks/${id.data}`);
  const [story, alerts] = await readForPage(
    Promise.all([getTaskStory(viewer, id.data).catch(toNullWhenNotFound), countOpenAlerts()]),
  );
  if (!story) notFound();
  const [t, texts] = await Promise.all([getTranslations("taskConsole"), getTranslations("taskStory")]);
  const renderedAt = Date.now();
  return (
    <Page className="pt-8 sm:pt-12">
      <ConsoleHeader section="tasks" title={t("one")} lead={t("lead")} alerts={alerts}>
        <Link
          href="/admin/tasks"
          className="inline-flex min-h-11 items-center text-muted underline underline-offset-4"
        >
          {texts("back")}
        </Link>
      </ConsoleHeader>
      <div className="mt-8">
        <TaskCard
          task={story.task}
          renderedAt={renderedAt}
          isPage
          payload={story.payload === null ? null : JSON.stringify(story.payload, null, 2)}
        />
      </div>
      <TaskStoryView story={story} renderedAt={renderedAt} />
    </Page>
  );
}
