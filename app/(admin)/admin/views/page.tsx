import { getTranslations } from "next-intl/server";
import { ConsoleNav } from "@/app/_features/console/console-nav";
import { LastSync } from "@/app/_features/console/last-sync";
import { OperatorAction } from "@/app/_features/console/operator-action";
import { RecountForm } from "@/app/_features/console/recount-form";
import { SyncRuns } from "@/app/_features/console/sync-runs";
import { UnavailableNote } from "@/app/_features/console/unavailable-note";
import { ViewSyncGauges } from "@/app/_features/console/view-sync-gauges";
import { Page, PageTitle } from "@/app/_shell/page";
import { readForPage, toNullWhenUnavailable } from "@/app/_shell/read-for-page";
import { requireAdmin } from "@/app/(admin)/admin/require-admin";
import { countOpenAlerts, getViewsState } from "@/lib/ops";

export async function generateMetadata() {
  const t = await getTranslations("viewSync");
  return { title: t("title"), robots: { index: false } };
}

export default async function AdminViewsPage() {
  const viewer = await requireAdmin("/admin/views");
  const [t, alerts, state] = await Promise.all([
    getTranslations("viewSync"),
    // Without Postgres the page still shows what waits in Redis.
    readForPage(countOpenAlerts()).catch(toNullWhenUnavailable),
    readForPage(getViewsState(viewer)),
  ]);
  const renderedAt = Date.now();
  return (
    <Page className="pt-8 sm:pt-12">
      <ConsoleNav current="views" alerts={alerts} />
      <div className="mt-6 flex flex-wrap items-start justify-between gap-x-10 gap-y-6">
        <div>
          <PageTitle>{t("title")}</PageTitle>
          <p className="mt-4 max-w-[54ch] text-muted">{t("lead")}</p>
        </div>
        {state.available ? (
          <OperatorAction
            path="/api/admin/views/sync"
            label={t("sync")}
            title={t("syncTitle")}
            text={t("syncText")}
            confirm={t("sync")}
            result="syncedPosts"
            look="primary"
            size="large"
          />
        ) : null}
      </div>
      {state.available ? (
        <ViewSyncGauges state={state} />
      ) : (
        <UnavailableNote title={t("unavailableTitle")} text={t("unavailableText")} />
      )}
      {state.available ? <LastSync run={state.lastRun} renderedAt={renderedAt} /> : null}
      <SyncRuns runs={state.runs} renderedAt={renderedAt} />
      <RecountForm />
    </Page>
  );
}
