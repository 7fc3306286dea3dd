import { getFormatter, getTranslations } from "next-intl/server";
import { BoardSkeleton } from "@/app/_features/leaderboards/board-skeleton";
import { BoardTabs } from "@/app/_features/leaderboards/board-tabs";
import { Podium } from "@/app/_features/leaderboards/podium";
import { OwnRank, RankList } from "@/app/_features/leaderboards/rank-list";
import { NavigationSuspense } from "@/app/_shell/navigation-suspense";
import { Page, PageTitle } from "@/app/_shell/page";
import { readForPage } from "@/app/_shell/read-for-page";
import { getShellViewer } from "@/app/_shell/viewer";
import { EmptyState } from "@/app/_ui/empty-state";
import { getLeaderboard } from "@/lib/leaderboards";
import { leaderboardQuerySchema, periodSchema } from "@/lib/schemas/leaderboard";
import type { Period } from "@/lib/schemas/period";

const PODIUM_SIZE = 3;
const DAY_MS = 86_400_000;

interface BoardChoice {
  period: Period;
  currency: string | undefined;
}

/** Ignores what does not parse, so that a mangled link still opens a board. */
function parseChoice(query: Awaited<PageProps<"/leaderboards">["searchParams"]>): BoardChoice {
  return {
    period: periodSchema.catch("week").parse(query.period),
    currency: leaderboardQuerySchema.safeParse({ currency: query.currency }).data?.currency,
  };
}

export async function generateMetadata() {
  const t = await getTranslations("leaderboards");
  return { title: t("title"), description: t("lead"), alternates: { canonical: "/leaderboards" } };
}

export default async function LeaderboardsPage({ searchParams }: PageProps<"/leaderboards">) {
  const [t, query] = await Promise.all([getTranslations("leaderboards"), searchParams]);
  const choice = parseChoice(query);
  return (
    <Page className="pt-8 sm:pt-12">
      <PageTitle>{t("title")}</PageTitle>
      <p className="mt-4 mb-8 max-w-[54ch] text-pretty text-muted sm:text-lg">{t("lead")}</p>
      <NavigationSuspense key={`${choice.period}:${choice.currency ?? ""}`} skeleton={<BoardSkeleton />}>
        <CurrentBoard {...choice} />
      </NavigationSuspense>
    </Page>
  );
}

async function CurrentBoard({ period, currency }: BoardChoice) {
  const viewer = await getShellViewer();
  const [t, format, board] = await Promise.all([
    getTranslations("leaderboards"),
    getFormatter(),
    readForPage(getLeaderboard(period, { currency }, viewer?.id ?? null)),
  ]);
  const { from, to, items } = board;
  const days = { day: "numeric", month: "long", timeZone: "UTC" } as const;
  return (
    <>
      <BoardTabs period={period} board={board} chosenCurrency={currency ?? null} />
      <div className="mt-5 mb-8 flex flex-wrap justify-between gap-x-8 gap-y-1">
        <p className="text-muted">
          {from && to
            ? t("span", {
                span: format.dateTimeRange(new Date(from), new Date(Date.parse(to) - DAY_MS), days),
              })
            : t("spanAll")}
        </p>
        {viewer && items.length > 0 ? <OwnRank own={board.own} currency={board.currency} /> : null}
      </div>
      {items.length === 0 ? (
        <EmptyState
          level="h2"
          title={t("emptyTitle")}
          text={t(`empty.${period}`)}
          className="py-8 sm:py-14"
        />
      ) : (
        <>
          <Podium items={items} currency={board.currency} viewerId={viewer?.id ?? null} />
          {items.length > PODIUM_SIZE ? (
            <RankList
              items={items.slice(PODIUM_SIZE)}
              startRank={PODIUM_SIZE + 1}
              currency={board.currency}
              viewerId={viewer?.id ?? null}
            />
          ) : null}
        </>
      )}
    </>
  );
}
