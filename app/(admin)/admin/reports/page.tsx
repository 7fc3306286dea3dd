import { getTranslations } from "next-intl/server";
import { ConsoleHeader } from "@/app/_features/console/console-header";
import { EmptyNote } from "@/app/_features/console/empty-note";
import { ReportCard } from "@/app/_features/console/report-card";
import { ReportFilter } from "@/app/_features/console/report-filter";
import { Page } from "@/app/_shell/page";
import { readForPage } from "@/app/_shell/read-for-page";
import { Pager } from "@/app/_ui/pager";
import { requireAdmin } from "@/app/(admin)/admin/require-admin";
import { countOpenAlerts } from "@/lib/ops";
import { listReports } from "@/lib/reports";
import { reportPageQuerySchema } from "@/lib/schemas/report";

export async function generateMetadata() {
  const t = await getTranslations("console");
  return { title: t("reports"), robots: { index: false } };
}

export default async function AdminReportsPage({ searchParams }: PageProps<"/admin/reports">) {
  const { state, cursor } = await searchParams;
  const parsed = reportPageQuerySchema.safeParse({ state: state || undefined, cursor });
  const query = parsed.success ? parsed.data : reportPageQuerySchema.parse({});
  const viewer = await requireAdmin("/admin/reports");
  const [{ items, nextCursor }, alerts] = await readForPage(
    Promise.all([listReports(viewer, query), countOpenAlerts()]),
  );
  const [t, shell] = await Promise.all([getTranslations("reportConsole"), getTranslations("console")]);
  const renderedAt = Date.now();
  return (
    <Page className="pt-8 sm:pt-12">
      <ConsoleHeader section="reports" title={shell("reports")} lead={t("lead")} alerts={alerts} />
      <ReportFilter state={query.state} />
      {items.length === 0 ? (
        <EmptyNote title={t("noneTitle")} text={t(query.state === "open" ? "noneOpenText" : "noneText")} />
      ) : (
        <ul className="mt-4 flex flex-col gap-3">
          {items.map((report) => (
            <li key={report.id}>
              <ReportCard report={report} renderedAt={renderedAt} />
            </li>
          ))}
        </ul>
      )}
      <Pager
        path="/admin/reports"
        query={query.state === "open" ? {} : { state: query.state }}
        nextCursor={nextCursor}
        continued={query.cursor !== undefined}
      />
    </Page>
  );
}
