import { getFormatter, getTranslations } from "next-intl/server";
import { ConsoleHeader } from "@/app/_features/console/console-header";
import { EventsByDay, EventTable } from "@/app/_features/console/event-report";
import { RangeSwitch, REPORT_RANGES, type ReportRange } from "@/app/_features/console/range-switch";
import { StatTiles } from "@/app/_features/console/stat-tiles";
import { Page } from "@/app/_shell/page";
import { readForPage } from "@/app/_shell/read-for-page";
import { requireAdmin } from "@/app/(admin)/admin/require-admin";
import { getEventReport } from "@/lib/analytics";
import { countOpenAlerts } from "@/lib/ops";

export async function generateMetadata() {
  const t = await getTranslations("console");
  return { title: t("analytics"), robots: { index: false } };
}

export default async function AdminAnalyticsPage({ searchParams }: PageProps<"/admin/analytics">) {
  const range = parseRange((await searchParams).days);
  const viewer = await requireAdmin("/admin/analytics");
  const [{ days, totals, series }, alerts] = await readForPage(
    Promise.all([getEventReport(viewer, range), countOpenAlerts()]),
  );
  const [t, shell, format] = await Promise.all([
    getTranslations("analyticsConsole"),
    getTranslations("console"),
    getFormatter(),
  ]);
  const total = totals.reduce((sum, events) => sum + events, 0);
  const max = Math.max(...totals);
  const bestDay = format.dateTime(new Date(`${days[totals.indexOf(max)]}T00:00:00Z`), {
    day: "numeric",
    month: "long",
    timeZone: "UTC",
  });
  return (
    <Page className="pt-8 sm:pt-12">
      <ConsoleHeader section="analytics" title={shell("analytics")} lead={t("lead")} alerts={alerts}>
        <RangeSwitch current={range} />
      </ConsoleHeader>
      {total === 0 ? (
        <div className="mt-10 rounded-2xl border border-dashed border-line-strong p-6">
          <p className="display text-xl">{t("emptyTitle")}</p>
          <p className="mt-2 max-w-[60ch] text-muted">{t("emptyText")}</p>
        </div>
      ) : (
        <>
          <StatTiles
            label={t("all")}
            tiles={[
              { name: t("total"), value: format.number(total), tone: "plain" },
              {
                name: t("perDay"),
                value: format.number(total / range, { maximumFractionDigits: total < range * 10 ? 1 : 0 }),
                tone: "plain",
              },
              { name: t("best"), value: format.number(max), tone: "moving", hint: bestDay },
            ]}
          />
          <EventsByDay days={days} totals={totals} />
          <EventTable days={days} series={series} total={total} />
        </>
      )}
    </Page>
  );
}

/** Falls back to the first range, so that a mangled link still opens the page. */
function parseRange(days: unknown): ReportRange {
  return REPORT_RANGES.find((range) => String(range) === days) ?? REPORT_RANGES[0];
}
