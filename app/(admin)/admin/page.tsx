import { getFormatter, getTranslations } from "next-intl/server";
import { ConsoleHeader } from "@/app/_features/console/console-header";
import { BackendList } from "@/app/_features/console/overview/backend-list";
import { LedgerTiles, TrafficTiles } from "@/app/_features/console/overview/number-tiles";
import { OpenTasks } from "@/app/_features/console/overview/open-tasks";
import { QuotaBars } from "@/app/_features/console/overview/quota-bars";
import { RangeLinks } from "@/app/_features/console/overview/range-links";
import { TrafficChart } from "@/app/_features/console/overview/traffic-chart";
import { TrafficTables } from "@/app/_features/console/overview/traffic-tables";
import { Verdict } from "@/app/_features/console/overview/verdict";
import { Page } from "@/app/_shell/page";
import { requireAdminOrClaim } from "@/app/(admin)/admin/require-admin";
import { getBackendsOverview, getOverview, overviewQuerySchema } from "@/lib/ops";

export async function generateMetadata() {
  const t = await getTranslations("console");
  return { title: t("overview"), robots: { index: false } };
}

export default async function AdminOverviewPage({ searchParams }: PageProps<"/admin">) {
  const query = overviewQuerySchema.catch({ range: "hour" }).parse(await searchParams);
  const { viewer, claimed } = await requireAdminOrClaim("/admin");
  // Not through readForPage: it limits itself, and shows an outage as what it is.
  const overview = viewer ? await getOverview(viewer, query) : await getBackendsOverview(claimed);
  const [t, shell, format] = await Promise.all([
    getTranslations("overviewConsole"),
    getTranslations("console"),
    getFormatter(),
  ]);
  const { traffic, business, backends, at } = overview;
  return (
    <Page className="pt-8 sm:pt-12">
      <ConsoleHeader
        section="overview"
        title={shell("overview")}
        lead={t("lead")}
        alerts={business?.openAlerts ?? null}
      >
        <RangeLinks current={query.range} />
      </ConsoleHeader>
      <Verdict overview={overview} />
      <p className="tabular mt-3 text-xs text-faint">
        {t("asOf", { time: format.dateTime(new Date(at), { timeStyle: "medium" }) })}
      </p>
      <BackendList backends={backends} />
      {business ? <LedgerTiles business={business} /> : null}
      {business ? <OpenTasks queues={business.queues} at={at} /> : null}
      {overview.quotas ? <QuotaBars quotas={overview.quotas} /> : null}
      {traffic ? (
        <>
          <TrafficTiles traffic={traffic} />
          <TrafficChart bars={traffic.bars} range={query.range} />
          <TrafficTables {...traffic} />
        </>
      ) : (
        <p className="mt-10 rounded-2xl border border-dashed border-line-strong p-6 text-muted">
          {t("trafficUnknown")}
        </p>
      )}
    </Page>
  );
}
