import { getTranslations } from "next-intl/server";
import { EndpointView } from "@/app/_features/api-docs/endpoint-view";
import { readApiReference } from "@/app/_features/api-docs/openapi";
import { SchemaView } from "@/app/_features/api-docs/schema-view";
import { Page, PageTitle } from "@/app/_shell/page";
import { EmptyState } from "@/app/_ui/empty-state";

export async function generateMetadata() {
  const t = await getTranslations("docs");
  return { title: t("title"), description: t("lead") };
}

export default async function DocsPage() {
  const [t, reference] = await Promise.all([getTranslations("docs"), readApiReference()]);
  if (!reference) {
    return (
      <Page>
        <EmptyState title={t("emptyTitle")} text={t("emptyText")} />
      </Page>
    );
  }
  return (
    <Page className="pt-8 sm:pt-12">
      <PageTitle>{t("title")}</PageTitle>
      <p className="mt-4 max-w-[60ch] text-muted sm:text-lg">{t("lead")}</p>
      <p className="tabular mt-2 text-sm text-faint">{t("version", { version: reference.version })}</p>
      <div className="mt-10 gap-12 lg:grid lg:grid-cols-[10rem_minmax(0,1fr)]">
        <nav aria-label={t("contents")} className="mb-8 lg:sticky lg:top-8 lg:self-start">
          <ul className="flex flex-wrap gap-x-4 gap-y-1 lg:flex-col">
            {reference.groups.map((group) => (
              <li key={group.name}>
                <a href={`#${group.name}`} className="inline-block py-1 text-sm text-muted hover:text-ink">
                  {group.name || t("other")}
                </a>
              </li>
            ))}
            {reference.failure ? (
              <li>
                <a href="#failures" className="inline-block py-1 text-sm text-muted hover:text-ink">
                  {t("failures")}
                </a>
              </li>
            ) : null}
          </ul>
        </nav>
        <div className="flex flex-col gap-14">
          {reference.groups.map((group) => (
            <section key={group.name} id={group.name} className="scroll-mt-8">
              <h2 className="display mb-3 text-2xl">{group.name || t("other")}</h2>
              {group.endpoints.map((endpoint) => (
                <EndpointView key={endpoint.id} endpoint={endpoint} schemas={reference.schemas} />
              ))}
            </section>
          ))}
          {reference.failure ? (
            <section id="failures" className="scroll-mt-8">
              <h2 className="display mb-3 text-2xl">{t("failures")}</h2>
              <p className="mb-4 max-w-[60ch] text-muted">{t("failuresText")}</p>
              <SchemaView schema={reference.failure} schemas={reference.schemas} />
            </section>
          ) : null}
        </div>
      </div>
    </Page>
  );
}
