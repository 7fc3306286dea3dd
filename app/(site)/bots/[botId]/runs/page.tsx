import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { RunFilter } from "@/app/_features/bots/runs/run-filter";
import { RunRow } from "@/app/_features/bots/runs/run-row";
import { Page, PageTitle } from "@/app/_shell/page";
import { Button } from "@/app/_ui/button";
import { Link } from "@/app/_ui/link";
import { Pager } from "@/app/_ui/pager";
import { getBot, listExecutions, listWorkflows } from "@/lib/bot";
import { executionPageQuerySchema } from "@/lib/schemas/bot-executions";
import { idSchema } from "@/lib/schemas/id";
import { isolate } from "@/lib/schemas/isolate";
import { readOfBot, requireBotViewer } from "../../require-bot-viewer";

export async function generateMetadata() {
  const t = await getTranslations("botRuns");
  return { title: t("title"), robots: { index: false } };
}

/** The executions of a bot's people, newest first. */
export default async function RunsPage({ params, searchParams }: PageProps<"/bots/[botId]/runs">) {
  const [{ botId }, { state, workflow, person, cursor }] = await Promise.all([params, searchParams]);
  const { caller } = await requireBotViewer(`/bots/${botId}/runs`);
  if (!idSchema.safeParse(botId).success) notFound();
  // The form sends an empty value for "all".
  const parsed = executionPageQuerySchema.safeParse({
    ...{ state: state || undefined, workflow: workflow || undefined },
    ...{ person: person || undefined, cursor },
  });
  const query = parsed.success ? parsed.data : executionPageQuerySchema.parse({});
  const [t, bot, workflows, { items, nextCursor }] = await Promise.all([
    getTranslations("botRuns"),
    readOfBot(getBot(caller, botId)),
    readOfBot(listWorkflows(caller, botId)),
    readOfBot(listExecutions(caller, botId, query)),
  ]);
  const renderedAt = Date.now();
  const path = `/bots/${botId}/runs`;
  const filter = {
    ...(query.state ? { state: query.state } : {}),
    ...(query.workflow ? { workflow: query.workflow } : {}),
    ...(query.person ? { person: query.person } : {}),
  };
  return (
    <Page className="pt-8 sm:pt-12">
      <Link href={`/bots/${botId}`} className="text-sm text-muted underline underline-offset-4">
        {t("back", { name: isolate(bot.name) })}
      </Link>
      <PageTitle className="mt-2">{t("title")}</PageTitle>
      <p className="mt-4 max-w-[54ch] text-muted">{t("lead")}</p>
      <RunFilter
        path={path}
        filter={filter}
        workflows={workflows.map(({ key }) => key)}
        personName={query.person ? (items[0]?.person.name ?? t("onePerson")) : null}
      />
      {items.length === 0 ? (
        <div className="mt-6 rounded-2xl border border-dashed border-line-strong p-6">
          <p className="display text-xl">{t("emptyTitle")}</p>
          <p className="mt-2 max-w-[60ch] text-muted">{t("emptyText")}</p>
          <Button asChild look="quiet" className="mt-5">
            <Link href={path}>{t("clear")}</Link>
          </Button>
        </div>
      ) : (
        <ul className="mt-4">
          {items.map((execution) => (
            <RunRow key={execution.id} botId={botId} execution={execution} renderedAt={renderedAt} />
          ))}
        </ul>
      )}
      <Pager path={path} query={filter} nextCursor={nextCursor} continued={query.cursor !== undefined} />
    </Page>
  );
}
