import { getTranslations } from "next-intl/server";
import { ConsoleHeader } from "@/app/_features/console/console-header";
import { EmptyNote } from "@/app/_features/console/empty-note";
import { LimitedCallerCard } from "@/app/_features/console/limited-caller-card";
import { Page } from "@/app/_shell/page";
import { readForPage, toNullWhenUnavailable } from "@/app/_shell/read-for-page";
import { Button } from "@/app/_ui/button";
import { Link } from "@/app/_ui/link";
import { requireAdmin } from "@/app/(admin)/admin/require-admin";
import { countOpenAlerts, limitsQuerySchema, listLimits } from "@/lib/ops";

export async function generateMetadata() {
  const t = await getTranslations("console");
  return { title: t("limits"), robots: { index: false } };
}

export default async function AdminLimitsPage({ searchParams }: PageProps<"/admin/limits">) {
  const parsed = limitsQuerySchema.safeParse(await searchParams);
  const query = parsed.success ? parsed.data : {};
  const viewer = await requireAdmin("/admin/limits");
  const [{ items, walked, nextCursor }, alerts] = await Promise.all([
    readForPage(listLimits(viewer, query)),
    readForPage(countOpenAlerts()).catch(toNullWhenUnavailable),
  ]);
  const [t, shell] = await Promise.all([getTranslations("limitsConsole"), getTranslations("console")]);
  const now = Date.now();
  const person = query.person ? { person: query.person } : {};
  return (
    <Page className="pt-8 sm:pt-12">
      <ConsoleHeader section="limits" title={shell("limits")} lead={t("lead")} alerts={alerts} />
      <p role="status" className="tabular mt-8 text-muted">
        {t(nextCursor || query.cursor ? "foundInPart" : "found", { count: items.length, walked })}
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
      {nextCursor || query.person ? (
        <nav aria-label={t("more")} className="mt-8 flex flex-wrap gap-3">
          {nextCursor ? (
            <Button asChild look="quiet">
              <Link href={{ pathname: "/admin/limits", query: { ...person, cursor: nextCursor } }}>
                {t("next")}
              </Link>
            </Button>
          ) : null}
          {query.person ? (
            <Button asChild look="plain">
              <Link href="/admin/limits">{t("all")}</Link>
            </Button>
          ) : null}
        </nav>
      ) : null}
    </Page>
  );
}
