import { getFormatter, getTranslations } from "next-intl/server";
import { ConsoleHeader } from "@/app/_features/console/console-header";
import { OperatorAction } from "@/app/_features/console/operator-action";
import { RangeLinks } from "@/app/_features/console/overview/range-links";
import { Page } from "@/app/_shell/page";
import { readForPage } from "@/app/_shell/read-for-page";
import { NumberTable } from "@/app/_ui/number-table";
import { requireAdmin } from "@/app/(admin)/admin/require-admin";
import { cachesQuerySchema, countOpenAlerts, listCaches } from "@/lib/ops";

export async function generateMetadata() {
  const t = await getTranslations("console");
  return { title: t("caches"), robots: { index: false } };
}

export default async function AdminCachesPage({ searchParams }: PageProps<"/admin/caches">) {
  const query = cachesQuerySchema.catch({ range: "hour" }).parse(await searchParams);
  const viewer = await requireAdmin("/admin/caches");
  const [{ items }, alerts] = await readForPage(Promise.all([listCaches(viewer, query), countOpenAlerts()]));
  const [t, shell, format] = await Promise.all([
    getTranslations("cachesConsole"),
    getTranslations("console"),
    getFormatter(),
  ]);
  const total = {
    lookups: items.reduce((sum, { lookups }) => sum + lookups, 0),
    hits: items.reduce((sum, { hits }) => sum + hits, 0),
  };
  const hitRate = ({ lookups, hits }: typeof total) =>
    lookups === 0 ? "–" : format.number(hits / lookups, { style: "percent", maximumFractionDigits: 1 });
  return (
    <Page className="pt-8 sm:pt-12">
      <ConsoleHeader section="caches" title={shell("caches")} lead={t("lead")} alerts={alerts}>
        <RangeLinks path="/admin/caches" current={query.range} />
      </ConsoleHeader>
      <p className="mt-8 text-lg">
        {total.lookups === 0
          ? t("noLookups")
          : t("total", { rate: hitRate(total), lookups: format.number(total.lookups) })}
      </p>
      <NumberTable
        label={shell("caches")}
        columns={[
          { heading: t("namespace") },
          { heading: t("lookups") },
          { heading: t("hitRate") },
          { heading: t("ttl"), wide: true },
          { heading: t("stale"), wide: true },
          { heading: t("clear") },
        ]}
        rows={items.map((row) => ({
          key: row.namespace,
          cells: [
            row.namespace,
            format.number(row.lookups),
            hitRate(row),
            t("seconds", { count: row.ttlSeconds }),
            t("seconds", { count: row.swrSeconds }),
            <span key="clear" className="flex justify-end">
              <OperatorAction
                path="/api/admin/caches/clear"
                body={{ namespace: row.namespace }}
                label={t("clear")}
                labelledFor={t("clearOne", { name: row.namespace })}
                title={t("clearOne", { name: row.namespace })}
                text={t("clearText")}
                confirm={t("clear")}
                result="deleted"
                look="plain"
                size="small"
              />
            </span>,
          ],
        }))}
      />
      <section className="mt-10" aria-labelledby="more">
        <h2 id="more" className="display text-2xl">
          {t("more")}
        </h2>
        <p className="mt-2 max-w-[60ch] text-muted">{t("tagText")}</p>
        <div className="mt-4 flex flex-wrap gap-2">
          <OperatorAction
            path="/api/admin/caches/invalidate"
            field={{ name: "tag", label: t("tag"), hint: t("tagHint") }}
            label={t("invalidate")}
            title={t("invalidate")}
            text={t("invalidateText")}
            confirm={t("invalidateAction")}
          />
          <OperatorAction
            path="/api/admin/caches/clear"
            label={t("clearAll")}
            title={t("clearAll")}
            text={t("clearAllText")}
            confirm={t("clearAll")}
            result="deleted"
            look="danger"
          />
        </div>
      </section>
    </Page>
  );
}
