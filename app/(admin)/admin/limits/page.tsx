import { getTranslations } from "next-intl/server";
import { ConsoleHeader } from "@/app/_features/console/console-header";
import { EmptyNote } from "@/app/_features/console/empty-note";
import { LimitedCallerCard } from "@/app/_features/console/limited-caller-card";
import { UnavailableNote } from "@/app/_features/console/unavailable-note";
import { Page } from "@/app/_shell/page";
import { readForPage, toNullWhenUnavailable } from "@/app/_shell/read-for-page";
import { Button } from "@/app/_ui/button";
import { Link } from "@/app/_ui/link";
import { requireAdmin } from "@/app/(admin)/admin/require-admin";
import { countOpenAlerts, type LimitsPage, limitsQuerySchema, listLimits } from "@/lib/ops";

export async function generateMetadata() {
  const t = await getTranslations("console");
  return { title: t("limits"), robots: { index: false } };
}

export default async function AdminLimitsPage({ searchParams }: PageProps<"/admin/limits">) {
  const parsed = limitsQuerySchema.safeParse(await searchParams);
  const query = parsed.success ? parsed.data : {};
  const viewer = await requireAdmin("/admin/limits");
  const [page, alerts] = await Promise.all([
    readForPage(listLimits(viewer, query)).catch(toNullWhenUnavailable),
    readForPage(countOpenAlerts()).catch(toNullWhenUnavailable),
  ]);
  const [t, shell] = await Promise.all([getTranslations("limitsConsole"), getTranslations("console")]);
  return (
    <Page className="pt-8 sm:pt-12">
      <ConsoleHeader section="limits" title={shell("limits")} lead={t("lead")} alerts={alerts} />
      {page ? (
        <LimitedCallers page={page} query={query} />
      ) : (
        <UnavailableNote title={t("unavailableTitle")} text={t("unavailableText")} />
      )}
    </Page>
  );
}

interface Props {
  page: LimitsPage;
  query: { person?: string | undefined; cursor?: string | undefined };
}

async function LimitedCallers({ page: { items, walked, nextCursor }, query: { person, cursor } }: Props) {
  const t = await getTranslations("limitsConsole");
  const now = Date.now();
  return (
    <>
      <p role="status" className="tabular mt-8 text-muted">
        {t(nextCursor || cursor ? "foundInPart" : "found", { count: items.length, walked })}
      </p>
      {items.length === 0 ? (
        <EmptyNote title={t("noneTitle")} text={t("noneText")} />
      ) : (
        <ul className="mt-4 flex flex-col gap-3">
          {items.map((limited) => (
            <li key={limited.callerId}>
              <LimitedCallerCard limited={limited} now={now} />
            </li>
          ))}
        </ul>
      )}
      {nextCursor || person ? (
        <nav aria-label={t("more")} className="mt-8 flex flex-wrap gap-3">
          {nextCursor ? (
            <Button asChild look="quiet">
              <Link
                href={{
                  pathname: "/admin/limits",
                  query: { ...(person ? { person } : {}), cursor: nextCursor },
                }}
              >
                {t("next")}
              </Link>
            </Button>
          ) : null}
          {person ? (
            <Button asChild look="plain">
              <Link href="/admin/limits">{t("all")}</Link>
            </Button>
          ) : null}
        </nav>
      ) : null}
    </>
  );
}
