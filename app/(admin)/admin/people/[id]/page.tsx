import { notFound } from "next/navigation";
import { getFormatter, getTranslations } from "next-intl/server";
import { AuditRow } from "@/app/_features/console/audit-row";
import { BlockedBadge } from "@/app/_features/console/blocked-badge";
import { ConsoleHeader } from "@/app/_features/console/console-header";
import { OperatorAction } from "@/app/_features/console/operator-action";
import { PersonSessions } from "@/app/_features/console/person-sessions";
import { RoleForm } from "@/app/_features/console/role-form";
import { Page } from "@/app/_shell/page";
import { readForPage } from "@/app/_shell/read-for-page";
import { Button } from "@/app/_ui/button";
import { Link } from "@/app/_ui/link";
import { requireAdmin } from "@/app/(admin)/admin/require-admin";
import { listAudit } from "@/lib/audit";
import { AppError } from "@/lib/core/errors";
import { countOpenAlerts, getPersonDetails } from "@/lib/ops";
import { idSchema } from "@/lib/schemas/id";
import { isolate } from "@/lib/schemas/isolate";

/** Entries of the log that the page shows; the rest is a link away. */
const SHOWN_ENTRIES = 5;

export async function generateMetadata() {
  const t = await getTranslations("console");
  return { title: t("people"), robots: { index: false } };
}

export default async function AdminPersonPage({ params }: PageProps<"/admin/people/[id]">) {
  const id = idSchema.safeParse((await params).id);
  if (!id.success) notFound();
  const viewer = await requireAdmin(`/admin/people/${id.data}`);
  const [details, { items: entries }, alerts] = await readForPage(
    Promise.all([
      getPersonDetails(viewer, id.data).catch(toNotFound),
      listAudit(viewer, { subject: `user:${id.data}`, limit: SHOWN_ENTRIES }),
      countOpenAlerts(),
    ]),
  );
  const [t, people, format] = await Promise.all([
    getTranslations("personConsole"),
    getTranslations("peopleConsole"),
    getFormatter(),
  ]);
  const { person } = details;
  const renderedAt = Date.now();
  const isViewer = person.id === viewer.id;
  const facts = [
    { name: t("email"), value: person.email },
    { name: t("address"), value: t(person.confirmed ? "confirmed" : "unconfirmed") },
    { name: t("joined"), value: format.dateTime(new Date(person.createdAt), { dateStyle: "medium" }) },
    { name: "id", value: person.id },
  ];
  return (
    <Page className="pt-8 sm:pt-12">
      <ConsoleHeader
        section="people"
        title={isolate(person.name)}
        lead={people(`roles.${person.role}`)}
        alerts={alerts}
      >
        {person.blockedAt ? <BlockedBadge /> : null}
      </ConsoleHeader>
      <dl className="mt-8 grid gap-x-8 gap-y-4 border-y border-line py-6 sm:grid-cols-2 lg:grid-cols-4">
        {facts.map(({ name, value }) => (
          <div key={name} className="min-w-0">
            <dt className="text-sm text-muted">{name}</dt>
            <dd className="mt-0.5 [overflow-wrap:anywhere]">{value}</dd>
          </div>
        ))}
      </dl>
      <div className="mt-6 flex flex-wrap items-start gap-2">
        {isViewer ? (
          <p className="max-w-[60ch] text-muted">{t("self")}</p>
        ) : (
          <>
            <RoleForm key={person.role} id={person.id} name={person.name} role={person.role} />
            {person.blockedAt ? (
              <OperatorAction
                path={`/api/admin/people/${person.id}/unblock`}
                label={t("unblock")}
                title={t("unblockOf", { name: isolate(person.name) })}
                text={t("unblockText")}
                confirm={t("unblock")}
              />
            ) : person.role === "admin" ? null : (
              <OperatorAction
                path={`/api/admin/people/${person.id}/block`}
                label={t("block")}
                title={t("blockOf", { name: isolate(person.name) })}
                text={t("blockText")}
                confirm={t("block")}
                look="danger"
              />
            )}
          </>
        )}
        <OperatorAction
          path="/api/admin/limits/lift"
          body={{ personId: person.id }}
          label={t("lift")}
          title={t("liftOf", { name: isolate(person.name) })}
          text={t("liftText")}
          confirm={t("lift")}
          result="lifted"
        />
        <Button asChild look="plain">
          <Link href={`/u/${person.handle}`}>{t("publicPage")}</Link>
        </Button>
        <Button asChild look="plain">
          <Link href={{ pathname: "/admin/limits", query: { person: person.id } }}>{t("limits")}</Link>
        </Button>
      </div>
      <PersonSessions details={details} renderedAt={renderedAt} />
      <section className="mt-12" aria-labelledby="log">
        <div className="flex flex-wrap items-baseline justify-between gap-3">
          <h2 id="log" className="display text-2xl">
            {t("log")}
          </h2>
          <div className="flex flex-wrap gap-x-2">
            <Button asChild look="plain">
              <Link href={{ pathname: "/admin/audit", query: { subject: `user:${person.id}` } }}>
                {t("logAbout")}
              </Link>
            </Button>
            <Button asChild look="plain">
              <Link href={{ pathname: "/admin/audit", query: { actor: person.id } }}>{t("logBy")}</Link>
            </Button>
          </div>
        </div>
        {entries.length === 0 ? <p className="mt-4 text-muted">{t("noEntries")}</p> : null}
        <ol className="mt-2">
          {entries.map((entry) => (
            <AuditRow key={entry.id} entry={entry} renderedAt={renderedAt} />
          ))}
        </ol>
      </section>
    </Page>
  );
}

function toNotFound(error: unknown): never {
  if (error instanceof AppError && error.code === "not_found") notFound();
  throw error;
}
