import { getFormatter, getTranslations } from "next-intl/server";
import { ConsoleHead } from "@/app/_features/console/console-header";
import { EventsByDay, EventTable } from "@/app/_features/console/event-report";
import { PostgresDown } from "@/app/_features/console/postgres-down";
import { RANGES, type Range, RangeSwitch } from "@/app/_features/console/range-switch";
import { Figures } from "@/app/_features/console/stat-tiles";
import { Page } from "@/app/_shell/page";
import { unlessDown } from "@/app/(admin)/admin/null-on-outage";
import { requireAdmin } from "@/app/(admin)/admin/require-admin";
import { eventReport } from "@/lib/analytics";
import { countOpenAlerts } from "@/lib/ops";

export async function generateMetadata() {
  const t = await getTranslations("console");
  return { title: t("analytics"), robots: { index: false } };
}

export default async function AdminAnalyticsPage({ searchParams }: PageProps<"/admin/analytics">) {
  const range = rangeOf((await searchParams).days);
  const read = await unlessDown(async () => {
    // a layout does not run again on every navigation, so what is shown is guarded here too
    const viewer = await requireAdmin("/admin/analytics");
    return Promise.all([eventReport(viewer, range), countOpenAlerts()]);
  });
  if (!read) return <PostgresDown path="/admin/analytics" />;
  const [{ days, totals, series }, alerts] = read;
  const [t, shell, format] = await Promise.all([
    getTranslations("analyticsConsole"),
    getTranslations("console"),
    getFormatter(),
  ]);
  const total = totals.reduce((sum, events) => sum + events, 0);
  const most = Math.max(...totals);
  const bestDay = format.dateTime(new Date(`${days[totals.indexOf(most)]}T00:00:00Z`), {
    day: "numeric",
    month: "long",
    timeZone: "UTC",
  });
  return (
    <Page className="pt-8 sm:pt-12">
      <ConsoleHead section="analytics" title={shell("analytics")} lead={t("lead")} alerts={alerts}>
        <RangeSwitch current={range} />
      </ConsoleHead>
      {total === 0 ? (
        <div className="mt-10 rounded-2xl border border-dashed border-line-strong p-6">
          <p className="display text-xl">{t("emptyTitle")}</p>
          <p className="mt-2 max-w-[60ch] text-muted">{t("emptyText")}</p>
        </div>
      ) : (
        <>
          <Figures
            label={t("all")}
            figures={[
              { name: t("total"), value: format.number(total), tone: "plain" },
              {
                name: t("perDay"),
                value: format.number(total / range, { maximumFractionDigits: total < range * 10 ? 1 : 0 }),
                tone: "plain",
              },
              { name: t("best"), value: format.number(most), tone: "moving", hint: bestDay },
            ]}
          />
          <EventsByDay days={days} totals={totals} />
          <EventTable days={days} series={series} total={total} />
        </>
      )}
    </Page>
  );
}

/** A range that is not offered is the first one: a mangled link still opens the page. */
function rangeOf(days: unknown): Range {
  return RANGES.find((range) => String(range) === days) ?? RANGES[0];
}
