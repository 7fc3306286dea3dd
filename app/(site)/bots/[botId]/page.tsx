import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { BotHeader } from "@/app/_features/bots/bot-header";
import { BotTools } from "@/app/_features/bots/bot-tools";
import { WorkflowNav } from "@/app/_features/bots/workflow-nav";
import { WorkflowWorkspace } from "@/app/_features/bots/workflow-workspace";
import { readForPage, toNullWhenUnavailable } from "@/app/_shell/read-for-page";
import { botChatUrl, getBot, getWorkflow, listWorkflows, readBotNumbers } from "@/lib/bot";
import { idSchema } from "@/lib/schemas/id";
import { readOfBot, requireBotViewer } from "../require-bot-viewer";

export async function generateMetadata() {
  const t = await getTranslations("bots");
  return { title: t("title"), robots: { index: false } };
}

/** A bot with one of its workflows, which is edited here. */
export default async function BotPage({ params, searchParams }: PageProps<"/bots/[botId]">) {
  const [{ botId }, { workflow: requested }] = await Promise.all([params, searchParams]);
  const { caller } = await requireBotViewer(`/bots/${botId}`);
  if (!idSchema.safeParse(botId).success) notFound();
  const [bot, workflows, numbers] = await readOfBot(
    Promise.all([
      getBot(caller, botId),
      listWorkflows(caller, botId),
      readForPage(readBotNumbers(caller, [botId])).catch(toNullWhenUnavailable),
    ]),
  );
  const shown =
    workflows.find(({ key }) => key === requested) ??
    workflows.find(({ key }) => key === "start") ??
    workflows[0];
  const workflow = shown ? await readOfBot(getWorkflow(caller, botId, shown.key)) : null;
  const chatUrl = botChatUrl(bot.username);
  return (
    <div className="mx-auto flex w-full max-w-[110rem] flex-col px-4 pt-8 pb-28 sm:px-8 sm:pb-16">
      <BotHeader bot={bot} numbers={numbers?.[0]} chatUrl={chatUrl} />
      <div className="mt-8 mb-4">
        <WorkflowNav botId={bot.id} workflows={workflows} current={workflow?.key ?? null} />
      </div>
      {workflow ? (
        <WorkflowWorkspace
          bot={bot}
          workflow={workflow}
          workflows={workflows.map(({ key }) => key)}
          chatUrl={chatUrl}
        />
      ) : null}
      <BotTools bot={bot} />
    </div>
  );
}
