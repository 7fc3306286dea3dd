import { getTranslations } from "next-intl/server";
import { ConsoleHeader } from "@/app/_features/console/console-header";
import { PeopleFilter } from "@/app/_features/console/people-filter";
import { PersonCard } from "@/app/_features/console/person-card";
import { Page } from "@/app/_shell/page";
import { readForPage } from "@/app/_shell/read-for-page";
import { Button } from "@/app/_ui/button";
import { Link } from "@/app/_ui/link";
import { Pager } from "@/app/_ui/pager";
import { requireAdmin } from "@/app/(admin)/admin/require-admin";
import { countOpenAlerts, listPeople, peopleQuerySchema } from "@/lib/ops";

export async function generateMetadata() {
  const t = await getTranslations("console");
  return { title: t("people"), robots: { index: false } };
}

export default async function AdminPeoplePage({ searchParams }: PageProps<"/admin/people">) {
  const { q, role, blocked, cursor } = await searchParams;
  // The form sends an empty value for "no filter".
  const parsed = peopleQuerySchema.safeParse({ q: q || undefined, role: role || undefined, blocked, cursor });
  const query = parsed.success ? parsed.data : peopleQuerySchema.parse({});
  const viewer = await requireAdmin("/admin/people");
  const [{ items, nextCursor }, alerts] = await readForPage(
    Promise.all([listPeople(viewer, query), countOpenAlerts()]),
  );
  const [t, shell] = await Promise.all([getTranslations("peopleConsole"), getTranslations("console")]);
  const renderedAt = Date.now();
  const filter = {
    ...(query.q ? { q: query.q } : {}),
    ...(query.role ? { role: query.role } : {}),
    ...(query.blocked ? { blocked: query.blocked } : {}),
  };
  return (
    <Page className="pt-8 sm:pt-12">
      <ConsoleHeader section="people" title={shell("people")} lead={t("lead")} alerts={alerts} />
      <PeopleFilter q={query.q ?? ""} role={query.role ?? null} blocked={query.blocked !== undefined} />
      {items.length === 0 ? (
        <div className="mt-6 rounded-2xl border border-dashed border-line-strong p-6">
          <p className="display text-xl">{t("noneTitle")}</p>
          <p className="mt-2 max-w-[60ch] text-muted">{t("noneText")}</p>
          <Button asChild look="quiet" className="mt-5">
            <Link href="/admin/people">{t("clear")}</Link>
          </Button>
        </div>
      ) : (
        <ul className="mt-4">
          {items.map((person) => (
            <PersonCard
              key={person.id}
              person={person}
              isViewer={person.id === viewer.id}
              renderedAt={renderedAt}
            />
          ))}
        </ul>
      )}
      <Pager
        path="/admin/people"
        query={filter}
        nextCursor={nextCursor}
        continued={query.cursor !== undefined}
      />
    </Page>
  );
}
