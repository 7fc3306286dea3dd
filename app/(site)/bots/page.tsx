import { getTranslations } from "next-intl/server";
import { AddBotForm } from "@/app/_features/bots/add-bot-form";
import { BotCards } from "@/app/_features/bots/bot-cards";
import { ConsoleHeader } from "@/app/_features/console/console-header";
import { NavigationSuspense } from "@/app/_shell/navigation-suspense";
import { Page, PageTitle } from "@/app/_shell/page";
import { readForPage, toNullWhenUnavailable } from "@/app/_shell/read-for-page";
import { buttonVariants } from "@/app/_ui/button";
import { EmptyState } from "@/app/_ui/empty-state";
import { Link } from "@/app/_ui/link";
import { Pager } from "@/app/_ui/pager";
import { Skeleton } from "@/app/_ui/skeleton";
import { listBots, readBotNumbers } from "@/lib/bot";
import { countOpenAlerts } from "@/lib/ops";
import { botPageQuerySchema } from "@/lib/schemas/bot-console";
import { type BotViewer, requireBotViewer } from "./require-bot-viewer";

export async function generateMetadata() {
  const t = await getTranslations("bots");
  return { title: t("title"), robots: { index: false } };
}

/** The bots that the viewer runs: of administrators all, of an artist their own. */
export default async function BotsPage({ searchParams }: PageProps<"/bots">) {
  const [{ cursor }, botViewer, t] = await Promise.all([
    searchParams,
    requireBotViewer("/bots"),
    getTranslations("bots"),
  ]);
  if (botViewer.viewer.role === "listener")
    return (
      <Page className="pt-8 sm:pt-12">
        <EmptyState title={t("listenersTitle")} text={t("listenersText")}>
          <Link href="/me#role" className={buttonVariants()}>
            {t("toProfile")}
          </Link>
        </EmptyState>
      </Page>
    );
  const query = botPageQuerySchema.safeParse({ cursor });
  return (
    <Page className="pt-8 sm:pt-12">
      <Header {...botViewer} />
      <NavigationSuspense skeleton={<Skeleton className="mt-10 h-64 w-full rounded-3xl" />}>
        <Bots {...botViewer} query={query.success ? query.data : botPageQuerySchema.parse({})} />
      </NavigationSuspense>
    </Page>
  );
}

async function Header({ viewer }: BotViewer) {
  const t = await getTranslations("bots");
  if (viewer.role === "admin") {
    const alerts = await readForPage(countOpenAlerts()).catch(toNullWhenUnavailable);
    return <ConsoleHeader section="bots" title={t("title")} lead={t("lead")} alerts={alerts} />;
  }
  return (
    <>
      <PageTitle>{t("title")}</PageTitle>
      <p className="mt-4 max-w-[54ch] text-muted">{t("lead")}</p>
    </>
  );
}

async function Bots({ caller, query }: BotViewer & { query: Parameters<typeof listBots>[1] }) {
  const { items, nextCursor } = await readForPage(listBots(caller, query));
  const ids = items.map(({ id }) => id);
  const numbers =
    ids.length === 0 ? [] : await readForPage(readBotNumbers(caller, ids)).catch(toNullWhenUnavailable);
  return (
    <>
      <BotCards bots={items} numbers={numbers ?? []} />
      <Pager path="/bots" nextCursor={nextCursor} continued={query.cursor !== undefined} />
      <AddBotForm isArtist={caller.role === "artist"} />
    </>
  );
}
