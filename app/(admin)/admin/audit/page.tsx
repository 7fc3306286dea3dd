import { getTranslations } from "next-intl/server";
import { AuditFilter } from "@/app/_features/console/audit-filter";
import { AuditRow } from "@/app/_features/console/audit-row";
import { ConsoleHeader } from "@/app/_features/console/console-header";
import { Page } from "@/app/_shell/page";
import { readForPage } from "@/app/_shell/read-for-page";
import { Button } from "@/app/_ui/button";
import { Link } from "@/app/_ui/link";
import { Pager } from "@/app/_ui/pager";
import { requireAdmin } from "@/app/(admin)/admin/require-admin";
import { auditQuerySchema, listAudit } from "@/lib/audit";
import { countOpenAlerts } from "@/lib/ops";

export async function generateMetadata() {
  const t = await getTranslations("console");
  return { title: t("audit"), robots: { index: false } };
}

export default async function AdminAuditPage({ searchParams }: PageProps<"/admin/audit">) {
  const { action, actor, subject, cursor } = await searchParams;
  // The form sends an empty value for "no filter".
  const parsed = auditQuerySchema.safeParse({ action: action || undefined, actor, subject, cursor });
  const query = parsed.success ? parsed.data : auditQuerySchema.parse({});
  const viewer = await requireAdmin("/admin/audit");
  const [{ items, nextCursor }, alerts] = await readForPage(
    Promise.all([listAudit(viewer, query), countOpenAlerts()]),
  );
  const [t, shell] = await Promise.all([getTranslations("auditConsole"), getTranslations("console")]);
  const renderedAt = Date.now();
  const filter = {
    ...(query.action ? { action: query.action } : {}),
    ...(query.actor ? { actor: query.actor } : {}),
    ...(query.subject ? { subject: query.subject } : {}),
  };
  return (
    <Page className="pt-8 sm:pt-12">
      <ConsoleHeader section="audit" title={shell("audit")} lead={t("lead")} alerts={alerts} />
      <AuditFilter
        filter={filter}
        actorName={items.find(({ actorName }) => actorName !== null)?.actorName ?? query.actor ?? null}
        subjectName={
          items.find(({ subjectName }) => subjectName !== null)?.subjectName ?? query.subject ?? null
        }
      />
      {items.length === 0 ? (
        <div className="mt-6 rounded-2xl border border-dashed border-line-strong p-6">
          <p className="display text-xl">{t("noneTitle")}</p>
          <p className="mt-2 max-w-[60ch] text-muted">{t("noneText")}</p>
          <Button asChild look="quiet" className="mt-5">
            <Link href="/admin/audit">{t("all")}</Link>
          </Button>
        </div>
      ) : (
        <ol className="mt-4">
          {items.map((entry) => (
            <AuditRow key={entry.id} entry={entry} renderedAt={renderedAt} />
          ))}
        </ol>
      )}
      <Pager
        path="/admin/audit"
        query={filter}
        nextCursor={nextCursor}
        continued={query.cursor !== undefined}
      />
    </Page>
  );
}
