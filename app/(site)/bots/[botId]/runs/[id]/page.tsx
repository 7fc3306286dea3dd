import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { RunView } from "@/app/_features/bots/runs/run-view";
import { Page } from "@/app/_shell/page";
import { Link } from "@/app/_ui/link";
import { getBot, getWorkflow, readTimeline } from "@/lib/bot";
import { timelineQuerySchema } from "@/lib/schemas/bot-executions";
import { idSchema } from "@/lib/schemas/id";
import { readOfBot, requireBotViewer } from "../../../require-bot-viewer";

export async function generateMetadata() {
  const t = await getTranslations("botRuns");
  return { title: t("title"), robots: { index: false } };
}

/** One person's way through a workflow. */
export default async function RunPage({ params }: PageProps<"/bots/[botId]/runs/[id]">) {
  const { botId, id } = await params;
  const { caller } = await requireBotViewer(`/bots/${botId}/runs/${id}`);
  if (!idSchema.safeParse(botId).success || !idSchema.safeParse(id).success) notFound();
  const [t, bot, timeline] = await Promise.all([
    getTranslations("botRuns"),
    readOfBot(getBot(caller, botId)),
    readOfBot(readTimeline(caller, { botId, executionId: id }, timelineQuerySchema.parse({}))),
  ]);
  const { versions } = await readOfBot(getWorkflow(caller, botId, timeline.execution.workflowKey));
  return (
    <Page className="pt-8 sm:pt-12">
      <nav className="flex flex-wrap gap-x-4 text-sm text-muted">
        <Link href={`/bots/${bot.id}/runs`} className="underline underline-offset-4">
          {t("title")}
        </Link>
      </nav>
      <RunView
        botId={bot.id}
        initial={timeline}
        versionNumbers={versions.map(({ number }) => number)}
        renderedAt={Date.now()}
      />
    </Page>
  );
}
