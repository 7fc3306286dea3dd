import { getTranslations } from "next-intl/server";
import { AlertCard } from "@/app/_features/console/alert-card";
import { AlertTestButton } from "@/app/_features/console/alert-test-button";
import { ConsoleHeader } from "@/app/_features/console/console-header";
import { Page } from "@/app/_shell/page";
import { readForPage } from "@/app/_shell/read-for-page";
import { Pager } from "@/app/_ui/pager";
import { requireAdmin } from "@/app/(admin)/admin/require-admin";
import { alertPageQuerySchema, listOpenAlerts } from "@/lib/ops";

export async function generateMetadata() {
  const t = await getTranslations("console");
  return { title: t("alerts"), robots: { index: false } };
}

export default async function AdminAlertsPage({ searchParams }: PageProps<"/admin/alerts">) {
  const { cursor } = await searchParams;
  const page = alertPageQuerySchema.safeParse({ cursor });
  const viewer = await requireAdmin("/admin/alerts");
  const { items, nextCursor, openCount } = await readForPage(
    listOpenAlerts(viewer, page.success ? page.data : {}),
  );
  const [t, shell] = await Promise.all([getTranslations("alertConsole"), getTranslations("console")]);
  const renderedAt = Date.now();
  return (
    <Page className="pt-8 sm:pt-12">
      <ConsoleHeader section="alerts" title={shell("alerts")} lead={t("lead")} alerts={openCount} />
      <p role="status" className="tabular mt-8 text-muted">
        {t("open", { count: openCount })}
      </p>
      {items.length === 0 ? (
        <div className="mt-4 rounded-2xl border border-dashed border-line-strong p-6">
          <p className="display text-xl">{t("noneTitle")}</p>
          <p className="mt-2 max-w-[60ch] text-muted">{t("noneText")}</p>
        </div>
      ) : (
        <ul className="mt-4 flex flex-col gap-3">
          {items.map((alert) => (
            <li key={alert.id}>
              <AlertCard alert={alert} renderedAt={renderedAt} />
            </li>
          ))}
        </ul>
      )}
      <Pager
        path="/admin/alerts"
        nextCursor={nextCursor}
        continued={page.success && page.data.cursor !== undefined}
      />
      <AlertTestButton />
    </Page>
  );
}
